#!/usr/bin/env bash
# packaging/ruby.sh TARGET...: a Ruby gem for each target, with the library in it.
set -euo pipefail
cd "$(dirname "$0")/.."
tools/need.sh gem=ruby >&2
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
mkdir "$folder/lib"
cp LICENSE packaging/ruby/bedrock_token.gemspec "$folder"
cp bindings/ruby/bedrock_token.rb "$folder/lib"
packaging/third-party.sh >"$folder/NOTICE"

for target in "$@"; do
  stage=build/dist/$target
  case $target in
    *-linux-gnu*) platform=${target%%-*}-linux library=lib/libbedrock_token.so.0 ;;
    *-linux-musl) platform=${target%%-*}-linux-musl library=lib/libbedrock_token.so.0 ;;
    *-windows-*) platform=x64-mingw-ucrt library=bin/bedrock_token.dll ;;
    x86_64-apple-*) platform=x86_64-darwin library=lib/libbedrock_token.0.dylib ;;
    aarch64-apple-*) platform=arm64-darwin library=lib/libbedrock_token.0.dylib ;;
  esac
  cp "$stage/$library" "$folder/lib"
  gem=bedrock_token-$VERSION-$platform.gem
  (cd "$folder" && PLATFORM=$platform gem build --strict --output "$gem" bedrock_token.gemspec) >&2
  rm "$folder/lib/$(basename "$library")"
  cp "$folder/$gem" dist
  echo "$gem"
done
