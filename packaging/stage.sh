#!/usr/bin/env bash
# packaging/stage.sh TARGET: builds for this target in build/TARGET, and installs into
# build/dist/TARGET, stripped.
source "$(dirname "$0")/packer.sh"
target=$1
tree=build/$target
stage=build/dist/$target
toolchain=$PWD/cmake/targets/$target.cmake
tools=$(target tools "$target")
{
  # shellcheck disable=SC2086 # each is a word
  tools/need.sh cmake $tools
  tools/rust-target.sh "$target"
  cmake -S . -B "$tree" --toolchain "$toolchain" -D CMAKE_BUILD_TYPE=Release -D BUILD_TESTING=OFF \
    -D CMAKE_INSTALL_LIBDIR=lib
  cmake --build "$tree" --parallel "$(getconf _NPROCESSORS_ONLN)"
  rm -rf "$stage"
  cmake --install "$tree" --prefix "$stage"
} >&2

# Rust's own objcopy reads the files of every target, and signs those for Macs again.
rust=$(rustc --print sysroot)
host=$(rustc --version --verbose | sed -n 's/^host: //p')
strip() { # OPTION: of the files that are read
  LD_LIBRARY_PATH=$rust/lib xargs -0 -n1 "$rust/lib/rustlib/$host/bin/rust-objcopy" "$1" >&2
}
option=--strip-all
[[ $target != *-apple-* ]] || option=--discard-all # the other one would take the exported names, too
find "$stage" -type f \( -path '*/bin/*' -o -name '*.so.*' -o -name '*.dylib' \) -print0 | strip "$option"
# Where CMake does not strip the static library, most of it is for debuggers.
case $target in
  *-apple-* | *-windows-*) printf '%s\0' "$stage/lib/libbedrock_token.a" | strip --strip-debug ;;
esac

# The licenses of everything that is inside.
doc=$stage/share/doc/bedrock-token
mkdir -p "$doc"
cp README.md CHANGELOG.md LICENSE "$doc"
cp "$rust/share/doc/rust/COPYRIGHT-library.html" "$doc/rust-standard-library.html"
packaging/third-party.sh >"$doc/third-party.txt"
case $target in
  *-musl)
    zig=$(tools/zig.sh)
    cp "$zig"/../lib/python3*/site-packages/ziglang/lib/libc/musl/COPYRIGHT "$doc/musl.txt"
    ;;
  *-windows-gnu) cp /usr/share/doc/mingw-w64-x86-64-dev/copyright "$doc/mingw-w64.txt" ;;
esac
