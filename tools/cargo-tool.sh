#!/usr/bin/env bash
# tools/cargo-tool.sh PACKAGE VERSION [OPTION...]: installs a program from crates.io unless it is there,
# and prints the folder that it is in, which the next clone has too. The options are of `cargo install`.
set -euo pipefail
cd "$(dirname "$0")/.."
root=${XDG_CACHE_HOME:-$HOME/.cache}/bedrock-token
if ! grep -qs "^\"$1 $2[ +]" "$root/.crates.toml"; then
  tools/need.sh cc=gcc
  # Unoptimised: it compiles in a third of the time.
  CARGO_PROFILE_DEV_DEBUG=0 cargo install "$1@$2" --locked --debug --root "$root" "${@:3}" >&2
fi
echo "$root/bin"
