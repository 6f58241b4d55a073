#!/usr/bin/env bash
# packaging/static-command.sh: builds the command as one static file, which runs on every Linux of this
# kind of processor, and prints its path.
set -euo pipefail
cd "$(dirname "$0")/.."
tools/need.sh cc=gcc
target=$(uname -m)-unknown-linux-musl
if [[ ! -d $(rustc --print sysroot)/lib/rustlib/$target ]]; then
  command -v rustup >/dev/null || {
    echo "Rust's standard library for $target is missing; rustup installs it" >&2
    exit 1
  }
  rustup target add "$target" >&2
fi
cargo build --quiet --release --locked --package bedrock-token-cli --bin bedrock-token --target "$target" \
  --config "$(tools/remap.sh)" --config profile.release.strip=true >&2
echo "target/$target/release/bedrock-token"
