# shellcheck shell=bash disable=SC2034
# What the tests in shell share; it sets $work, a folder that is deleted when they end.
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
consumers=$project/tests/install/consumers
version=$(sed -n '0,/^version = /s/^version = "\(.*\)"/\1/p' "$project/Cargo.toml")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  printf 'failed: %s\n' "$*" >&2
  exit 1
}
begin() { printf '%4s s  %s\n' "$SECONDS" "$*"; }
# Runs a command and shows what it prints only if it fails.
quietly() {
  "$@" >"$work/log" 2>&1 || {
    cat "$work/log" >&2
    fail "$*"
  }
}
# Installed files of the prefix $1.
files() { (cd "$1" && find . ! -type d | LC_ALL=C sort); }
# What the README's row $1 of ways to link says to write.
written() {
  local row
  row=$(grep -F "| $1 | " "$project/README.md") || fail "README.md has no row '$1'"
  sed -E 's/^\| [^|]* \| `+//; s/`+ \|$//' <<<"$row"
}
# mints COMMAND...: it prints the token whose signature is published.
mints() {
  local output
  output=$("$@") || fail "$* does not run"
  sed "1s/^bedrock-api""-key-//; 1q" <<<"$output" | base64 -d |
    grep -qF X-Amz-Signature=21a4d736cb5e62aa032abf76b9f4d156b4cefa6a7414be2fac99ae4822a48219 ||
    fail "$* mints another token: $output"
}
soname() { readelf -d "$1" | sed -n 's/.*(SONAME).*\[\(.*\)\]/\1/p'; }
# needs_library PROGRAM yes|no: the shared one.
needs_library() {
  local found=no
  readelf -d "$1" | grep -q 'NEEDED.*\[libbedrock_token\.so\.0\]' && found=yes
  [ $found = "$2" ] || fail "$1 needs the shared library: $found, not $2"
}
