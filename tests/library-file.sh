#!/usr/bin/env bash
# tests/library-file.sh FOLDER: what the linker and the loader see of the libraries in FOLDER.
set -euo pipefail
shared=$(realpath "$1/libbedrock_token.so")
static=$1/libbedrock_token.a
expected=$(dirname "$0")/exported-symbols.txt
failed=0

# holds NAME EXPECTED ACTUAL
holds() {
  [ "$2" = "$3" ] && return
  printf 'failed: %s\n--- expected\n%s\n--- found\n%s\n' "$1" "$2" "$3" >&2
  failed=1
}
dynamic=$(readelf -dW "$shared")
entries() { sed -n "s/.*($1).*\[\(.*\)\]/\1/p" <<<"$dynamic"; }

holds "the exported symbols (a new one goes into $expected)" "$(cat "$expected")" \
  "$(nm -D --defined-only "$shared" | cut -d' ' -f3 | LC_ALL=C sort)"
holds "the global symbols of the static library" "$(cat "$expected")" \
  "$(nm -g --defined-only "$static" | awk 'NF == 3 {print $3}' | LC_ALL=C sort)"
holds "the file's name and its SONAME" "$(entries SONAME)" "$(basename "$shared" | sed 's/\.[0-9]*\.[0-9]*$//')"
holds "the link of the SONAME" "$(basename "$shared")" "$(readlink "$1/$(entries SONAME)")"
holds "the needed libraries are libc and libgcc_s" "" \
  "$(entries NEEDED | grep -vxE 'libc\.so\.6|libgcc_s\.so\.1|ld-linux.*')"
holds "no run path" "" "$(entries 'R.*PATH')"
holds "full RELRO" 1 "$(readelf -lW "$shared" | grep -c GNU_RELRO)"
for flag in NOW NODELETE; do
  holds "the flag $flag" 1 "$(grep -cE "FLAGS_1.*\<$flag\>" <<<"$dynamic")"
done
holds "no executable stack" RW "$(readelf -lW "$shared" | awk '$1 == "GNU_STACK" {print $7}')"
holds "no text relocations" 0 "$(grep -c TEXTREL <<<"$dynamic")"
exit $failed
