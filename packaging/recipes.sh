#!/usr/bin/env bash
# packaging/recipes.sh: the recipes of Alpine, Homebrew and vcpkg, with the version and the
# checksums of the files in dist/ that they download.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
name=bedrock-token-$VERSION-recipes
mkdir "$folder/$name"
cp -r packaging/{alpine,homebrew,vcpkg} "$folder/$name"
files=$(find "$folder" -type f)
while read -r file; do
  sed -i "s/@VERSION@/$VERSION/g" "$file"
  # @sha256:FILE@ and @sha512:FILE@
  { grep -oE '@sha(256|512):[^@]+@' "$file" || true; } | while IFS=: read -r kind artifact; do
    sum=$("${kind#@}sum" "dist/${artifact%@}" | cut -d' ' -f1)
    sed -i "s/$kind:${artifact}/$sum/" "$file"
  done
done <<<"$files"
tar -C "$folder" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" -cf - "$name" |
  gzip -9n >"dist/$name.tar.gz"
echo "$name.tar.gz"
