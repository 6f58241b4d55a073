#!/usr/bin/env bash
# tests/abi/check.sh TREE [--accept]: the ABI against what was promised (docs/ABI.md): the description
# beside this script, which libabigail made, and the constants. An addition has to be accepted, a
# break is refused, unless the SONAME is a new one.
set -euo pipefail
cd "$(dirname "$0")/../.."
tree=$1
accept=${2:-}
description=tests/abi/bedrock_token.abi
constants=tests/abi/constants.txt
# shellcheck source=tests/functions.sh
. tests/functions.sh

# The header's ABI, as a C compiler sees it: each function of it with an empty body, in a library.
soname=$(soname "$tree/lib/libbedrock_token.so")
sed -E '/^BEDROCK_TOKEN_API/,/;$/s/;$/ { __builtin_trap(); }/' include/bedrock_token.h >"$work/abi.c"
cc -g -O0 -std=c99 -fPIC -shared -Wl,-soname,"$soname" "$work/abi.c" -o "$work/abi.so"
abidw --no-corpus-path --no-comp-dir-path --no-show-locs --no-elf-needed --no-architecture \
  --out-file "$work/now.abi" "$work/abi.so"
sed -i "s#path='[^']*/abi.c'#path='bedrock_token.h'#" "$work/now.abi"
cc -E -dM -std=c99 include/bedrock_token.h | sed -n 's/^#define \(BEDROCK_TOKEN_[A-Z_]* .*[0-9]\)$/\1/p' |
  grep -v '_VERSION' | LC_ALL=C sort >"$work/constants.txt"

# What the library itself has, as its debugging information tells it, must be the same.
cargo build --quiet --package bedrock-token --lib --locked --target-dir target
abidiff --no-architecture "$work/now.abi" target/debug/libbedrock_token.so >"$work/report" ||
  { cat "$work/report" >&2; fail "the library is not what its header says"; }

diff_abi() { abidiff --no-architecture "$@" "$description" "$work/now.abi" >"$work/report"; }
if [ ! -e $description ] || ! grep -qF "soname='$soname'" $description; then
  verdict=new
elif ! diff_abi --no-added-syms --suppressions tests/abi/growth.suppr ||
  LC_ALL=C comm -23 $constants "$work/constants.txt" | grep . >>"$work/report"; then
  cat "$work/report" >&2
  fail "this breaks programs that were built against $soname. docs/ABI.md: only a new major version may"
elif ! diff_abi || ! cmp -s $constants "$work/constants.txt"; then
  verdict=added
else
  verdict=same
fi
if [ $verdict != same ] && [ "$accept" = --accept ]; then
  cp "$work/now.abi" $description
  cp "$work/constants.txt" $constants
elif [ $verdict != same ]; then
  { cat "$work/report"; diff $constants "$work/constants.txt"; } >&2 || true
  fail "the ABI of $soname has grown. If that is meant: tests/abi/check.sh $tree --accept"
fi

echo "$soname: the ABI is as described"
