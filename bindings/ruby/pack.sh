#!/usr/bin/env bash
# bindings/ruby/pack.sh TARGET...: a Ruby gem for each target, with the library in it.
source "$(dirname "$0")/../../packaging/packer.sh"
tools/need.sh gem=ruby >&2
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
mkdir "$folder/lib" "$folder/sig"
cp LICENSE bindings/ruby/{README.md,bedrock_token.gemspec} "$folder"
cp bindings/ruby/bedrock_token.rbs "$folder/sig"
cp bindings/ruby/bedrock_token.rb "$folder/lib"
packaging/third-party.sh >"$folder/NOTICE"

for target in "$@"; do
  platform=$(target ruby "$target")
  library=$(shared_library "$target")
  cp "$library" "$folder/lib"
  gem=bedrock_token-$VERSION-$platform.gem
  (cd "$folder" && PLATFORM=$platform gem build --strict --output "$gem" bedrock_token.gemspec) >&2
  rm "$folder/lib/$(basename "$library")"
  cp "$folder/$gem" dist
  echo "$gem"
done
