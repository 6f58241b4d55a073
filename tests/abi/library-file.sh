#!/usr/bin/env bash
# tests/abi/library-file.sh FOLDER: what the linker and the loader see of the libraries in FOLDER.
set -euo pipefail
shared=$(realpath "$1/libbedrock_token.so")
static=$1/libbedrock_token.a
list=$(dirname "$0")/exported-symbols.txt
project=$(realpath "$(dirname "$0")/../..")
failed=0

# holds NAME EXPECTED ACTUAL
holds() {
  [ "$2" = "$3" ] && return
  printf 'failed: %s\n--- expected\n%s\n--- found\n%s\n' "$1" "$2" "$3" >&2
  failed=1
}
dynamic=$(readelf -dW "$shared")
entries() { sed -n "s/.*($1).*\[\(.*\)\]/\1/p" <<<"$dynamic"; }
symbols=$(cut -d' ' -f1 "$list")

holds "the exported symbols (a new one goes into $list, with the version that it came with)" \
  "$symbols" "$(nm -D --defined-only "$shared" | cut -d' ' -f3 | LC_ALL=C sort)"
holds "the global symbols of the static library" "$symbols" \
  "$(nm -g --defined-only "$static" | awk 'NF == 3 {print $3}' | LC_ALL=C sort)"
holds "the file's name and its SONAME" "$(entries SONAME)" \
  "$(basename "$shared" | sed 's/\.[0-9]*\.[0-9]*$//')"
holds "the link of the SONAME" "$(basename "$shared")" "$(readlink "$1/$(entries SONAME)")"
holds "the needed libraries beside libc and libgcc_s" "" \
  "$(entries NEEDED | grep -vxE 'libc\.so\.6|libgcc_s\.so\.1|ld-linux.*')"
holds "the run path" "" "$(entries 'R.*PATH')"
holds "RELRO" 1 "$(readelf -lW "$shared" | grep -c GNU_RELRO)"
for flag in NOW; do
  holds "the flag $flag" 1 "$(grep -cE "FLAGS_1.*\<$flag\>" <<<"$dynamic")"
done
holds "the stack's permissions" RW "$(readelf -lW "$shared" | awk '$1 == "GNU_STACK" {print $7}')"
holds "text relocations" 0 "$(grep -c TEXTREL <<<"$dynamic")"
if ! readelf -SW "$shared" | grep -q ' \.debug_info '; then
  holds "folders of the machine that built it" "" \
    "$(strings "$shared" "$static" | grep -F -e "$HOME/" -e "$project/" | head)"
fi
exit $failed
