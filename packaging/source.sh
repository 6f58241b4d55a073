#!/usr/bin/env bash
# packaging/source.sh: the source, as git has it. In an unpacked source archive, the files that are there.
set -euo pipefail
cd "$(dirname "$0")/.."
name=bedrock-token-$VERSION
{
  if [[ -e .git ]]; then git ls-files -z; else find . \( -path ./build -o -path ./dist -o -path ./target \) -prune -o -type f -printf '%P\0'; fi
} | tar --null --files-from=- --transform="s,^,$name/," --sort=name --owner=0 --group=0 --numeric-owner \
  --mode=u=rwX,go=rX --mtime="@$SOURCE_DATE_EPOCH" -cf - | gzip -9n >"dist/$name.tar.gz"
echo "$name.tar.gz"
