# shellcheck shell=bash
# What the packers share. They source it, and are then in the root of the tree.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

target() { # FIELD TARGET: what the table says of a target
  packaging/targets.py "$@"
}

shared_library() { # TARGET: in its stage, by the name that the loader looks for
  case $1 in
    *-windows-*) echo "build/dist/$1/bin/bedrock_token.dll" ;;
    *-apple-*) echo "build/dist/$1/lib/libbedrock_token.0.dylib" ;;
    *) echo "build/dist/$1/lib/libbedrock_token.so.0" ;;
  esac
}

# Archives of everything in a folder. The same files give the same bytes, on every machine.

pack_tar() { # FOLDER FILE.tar.gz
  local names
  mapfile -t names < <(ls -A "$1")
  tar -C "$1" --sort=name --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX --mtime="@$SOURCE_DATE_EPOCH" \
    -cf - "${names[@]}" | gzip -9n >"$2"
}

pack_zip() { # FOLDER FILE
  local out
  tools/need.sh zip >&2
  out=$(realpath "$2")
  find "$1" -exec touch --date="@$SOURCE_DATE_EPOCH" {} +
  find "$1" -exec chmod u=rwX,go=rX {} +
  rm -f "$out"
  (cd "$1" && find . -type f -printf '%P\n' | LC_ALL=C sort | zip -qX9 "$out" -@)
}
