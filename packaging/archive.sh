#!/usr/bin/env bash
# packaging/archive.sh TARGET: the stage as an archive, to unpack anywhere.
source "$(dirname "$0")/packer.sh"
name=bedrock-token-$VERSION-$1
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
cp -a "build/dist/$1" "$folder/$name"
if [[ $1 == *windows* ]]; then
  pack_zip "$folder" "dist/$name.zip"
  echo "$name.zip"
else
  pack_tar "$folder" "dist/$name.tar.gz"
  echo "$name.tar.gz"
fi
