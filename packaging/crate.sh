#!/usr/bin/env bash
# packaging/crate.sh: core/ as a crate, for Rust programs. cargo builds it as its user will.
source "$(dirname "$0")/packer.sh"
name=bedrock-token-core-$VERSION.crate
cargo package --package bedrock-token-core --locked --allow-dirty --target-dir build/crate >&2
cp "build/crate/package/$name" dist
echo "$name"
