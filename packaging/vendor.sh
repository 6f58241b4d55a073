#!/usr/bin/env bash
# packaging/vendor.sh: the Rust packages that the source needs. Unpacked over the source archive, they are
# where cargo looks for them, so it needs no network.
source "$(dirname "$0")/packer.sh"
root=$PWD
name=bedrock-token-$VERSION
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
mkdir -p "$folder/$name/.cargo"
cd "$folder/$name"
cargo vendor --locked --manifest-path "$root/Cargo.toml" vendor >.cargo/config.toml
cd "$root"
pack_tar "$folder" "dist/$name-vendor.tar.gz"
echo "$name-vendor.tar.gz"
