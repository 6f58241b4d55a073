#!/usr/bin/env bash
# packaging/archive.sh TARGET: the stage as an archive, to unpack anywhere.
set -euo pipefail
cd "$(dirname "$0")/.."
name=bedrock-token-$VERSION-$1
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
cp -a "build/dist/$1" "$folder/$name"
find "$folder" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
case $1 in
  *windows*)
    tools/need.sh zip >&2
    out=$PWD/dist/$name.zip
    (cd "$folder" && find "$name" -type f | LC_ALL=C sort | zip -qX9 "$out" -@)
    ;;
  *)
    out=$PWD/dist/$name.tar.gz
    tar -C "$folder" --sort=name --owner=0 --group=0 --numeric-owner -cf - "$name" | gzip -9n >"$out"
    ;;
esac
basename "$out"
