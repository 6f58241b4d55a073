#!/usr/bin/env bash
# Runs the calls of abi.rs and core's tests of the keeper under Miri, which reports
# undefined behaviour, with both of its models of references. Miri comes with a nightly Rust. For 32-bit x86
# the library has no assembly. core's other tests have no pointers, and would take hours.
set -euo pipefail
cd "$(dirname "$0")/../.."
tools/need.sh cc=gcc
nightly="nightly-2026-05-20"
tools/rustup.sh toolchain install "$nightly" --profile minimal --component miri --component rust-src >&2
export CARGO_TARGET_DIR=target/miri/$nightly
for model in "" -Zmiri-tree-borrows; do
  # The library reads the system's clock. A provider is passed to threads as a number, as C does.
  export MIRIFLAGS="-Zmiri-disable-isolation -Zmiri-permissive-provenance $model"
  miri=(cargo "+$nightly" miri test --target i686-unknown-linux-gnu --locked --manifest-path)
  "${miri[@]}" tests/miri/Cargo.toml
  "${miri[@]}" core/Cargo.toml --test keeper
done
