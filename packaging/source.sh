#!/usr/bin/env bash
# packaging/source.sh: the source, as git has it. In an unpacked source archive, the files that are there.
source "$(dirname "$0")/packer.sh"
name=bedrock-token-$VERSION
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
mkdir "$folder/$name"
{
  if [[ -e .git ]]; then git ls-files -z; else find . \( -path ./build -o -path ./dist -o -path ./target \) -prune -o -type f -print0; fi
} | xargs -0 cp -P --parents -t "$folder/$name"
pack_tar "$folder" "dist/$name.tar.gz"
echo "$name.tar.gz"
