#!/usr/bin/env bash
# Two builds in two folders give the same bytes, in which neither those nor the home are named, nor
# Rust's own source, which is installed here and not there.
set -euo pipefail
cd "$(dirname "$0")/../.."
tools/need.sh cc=gcc cmake
# shellcheck source=tests/functions.sh
. tests/functions.sh
for folder in one another/folder; do
  mkdir -p "$work/$folder"
  git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$work/$folder"
  quietly cmake -S "$work/$folder" -B "$work/$folder/build" -D BUILD_TESTING=OFF
  quietly cmake --build "$work/$folder/build" --target bedrock_token_libraries
done
for library in libbedrock_token.so libbedrock_token.a; do
  cmp "$work"/{one,another/folder}/build/lib/$library
  if strings "$work/one/build/lib/$library" | grep -F -e "$work" -e "$HOME/" -e /lib/rustlib/src/; then
    fail "$library names a folder of the machine that built it"
  fi
done
echo "the same bytes twice"
