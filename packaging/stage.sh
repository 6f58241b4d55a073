#!/usr/bin/env bash
# packaging/stage.sh TARGET: builds for this target in build/TARGET, and installs into
# build/dist/TARGET, stripped. A target without a file in cmake/targets/ is this machine.
set -euo pipefail
cd "$(dirname "$0")/.."
target=$1
tree=build/$target
stage=build/dist/$target
toolchain=cmake/targets/$target.cmake
rust_target=${target%%.*} # without the version of glibc
options=()
needs=(cc=gcc)
if [[ -e $toolchain ]]; then
  options=(--toolchain "$PWD/$toolchain")
  read -ra needs < <(sed -n 's/^# needs: //p' "$toolchain" | paste -sd' ')
fi
{
  tools/need.sh cmake "${needs[@]}"
  [[ -d $(rustc --print target-libdir --target "$rust_target") ]] || rustup target add "$rust_target"
  cmake -S . -B "$tree" "${options[@]}" -D CMAKE_BUILD_TYPE=Release -D BUILD_TESTING=OFF \
    -D CMAKE_INSTALL_LIBDIR=lib
  cmake --build "$tree" --parallel "$(nproc)"
  rm -rf "$stage"
  cmake --install "$tree" --prefix "$stage"
} >&2

# Rust's own objcopy reads the files of every target.
rust=$(rustc --print sysroot)
host=$(rustc --version --verbose | sed -n 's/^host: //p')
find "$stage/bin" "$stage/lib" -type f ! -name '*.a' ! -name '*.lib' ! -name '*.pc' -print0 |
  xargs -0 -n1 "$rust/lib/rustlib/$host/bin/rust-objcopy" --strip-all >&2

mkdir -p "$stage/share/doc/bedrock-token"
cp README.md CHANGELOG.md LICENSE "$stage/share/doc/bedrock-token"
packaging/third-party.sh bedrock-token bedrock-token-cli >"$stage/share/doc/bedrock-token/third-party.txt"
