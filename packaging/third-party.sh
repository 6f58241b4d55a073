#!/usr/bin/env bash
# packaging/third-party.sh: prints the Rust packages that are in the library and the command, on any
# system, and their licenses.
set -euo pipefail
cd "$(dirname "$0")/.."
text=build/third-party.txt
if ! [[ $text -nt Cargo.lock && $text -nt packaging/about.toml && $text -nt packaging/about.hbs ]]; then
  programs=$(tools/cargo-tool.sh cargo-about 0.9.3 --features cli)
  cargo fetch --quiet --locked
  mkdir -p build
  "$programs/cargo-about" generate --config packaging/about.toml --workspace --frozen --fail \
    --output-file "$text.new" packaging/about.hbs >&2
  mv "$text.new" "$text"
fi
cat "$text"
