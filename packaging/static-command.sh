#!/usr/bin/env bash
# packaging/static-command.sh: builds the command as one static file, which runs on every Linux of this
# kind of processor, and prints its path.
set -euo pipefail
cd "$(dirname "$0")/.."
tools/need.sh cc=gcc
target=$(uname -m)-unknown-linux-musl
tools/rust-target.sh "$target"
cargo build --quiet --release --locked --package bedrock-token-cli --bin bedrock-token --target "$target" \
  --config "$(tools/remap.sh)" --config profile.release.strip=true >&2
echo "target/$target/release/bedrock-token"
