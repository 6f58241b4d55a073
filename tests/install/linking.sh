#!/usr/bin/env bash
# tests/install/linking.sh TREE: the library of the build tree TREE, installed, moved, and linked in every way
# that the README tells; its table is where the commands come from.
set -euo pipefail
tree=$(realpath "$1")
# shellcheck source=tests/functions.sh
. "$(dirname "$0")/../functions.sh"

begin "install, and move the prefix"
quietly cmake --install "$tree" --prefix "$work/before"
prefix=$work/prefix
mv "$work/before" "$prefix"
! grep -rIl -e "$work" -e "$project" "$prefix" || fail "these name a folder of this machine"
only_static=$work/only-static
cp -a "$prefix" "$only_static"
rm "$only_static"/lib/*.so*
cd "$work"
cp "$consumers"/app.c .

# build PREFIX ROW: runs the row's command, which makes the program app.
build() {
  rm -f app
  begin "$2: $(written "$2")"
  (export PKG_CONFIG_PATH="$1/lib/pkgconfig" && eval "$(written "$2")") || fail "$2"
}
build "$prefix" "pkg-config"
LD_LIBRARY_PATH=$prefix/lib mints ./app
needs_library app yes
mv app built-against-the-first
build "$only_static" "pkg-config, static"
mints ./app
needs_library app no
build "$only_static" "pkg-config, fully static"
mints ./app
readelf -d app | grep -q 'There is no dynamic section' || fail "app is dynamic"

begin "what a program does not use is dropped from it"
cat >version.c <<'END'
#include <bedrock_token.h>
int main(void) { return bedrock_token_version()[0] == '\0'; }
END
cc version.c -I"$prefix/include" "$only_static/lib/libbedrock_token.a" -Wl,--gc-sections -s -o version
./version
[ "$(stat -c %s version)" -lt 50000 ] || fail "it has $(stat -c %s version) bytes"

# cmake_consumer NAME [OPTION...]: builds the project consumers/NAME, in NAME here.
cmake_consumer() {
  local name=$1
  shift
  quietly cmake -S "$consumers/$name" -B "$name" -DCMAKE_BUILD_TYPE=Release "$@"
  quietly cmake --build "$name"
}
for kind in shared static; do
  begin "CMake, installed, $kind: $(written "CMake, installed")"
  grep -qF "$(written "CMake, installed")" "$consumers/cmake/CMakeLists.txt" || fail "not in cmake/"
  rm -rf cmake
  on=$([ $kind = shared ] && echo ON || echo OFF)
  cmake_consumer cmake -DCMAKE_PREFIX_PATH="$prefix" -DBUILD_SHARED_LIBS="$on"
  for app in shared static bedrock_token; do mints "cmake/app-$app"; done
  cmake/app || fail "C beside C++"
  needs_library cmake/app-shared yes
  needs_library cmake/app-static no
  needs_library cmake/app-bedrock_token "$([ $kind = shared ] && echo yes || echo no)"
done
rm -rf cmake
cmake_consumer cmake -DCMAKE_PREFIX_PATH="$only_static" -DBUILD_SHARED_LIBS=ON
needs_library cmake/app-bedrock_token no
quietly cmake -S "$consumers/cmake-versions" -B versions -DCMAKE_PREFIX_PATH="$prefix" -DINSTALLED="$version"

begin "CMake, from source: $(written "CMake, from source")"
grep -qF "$(written "CMake, from source")" "$consumers/subdirectory/CMakeLists.txt" || fail "not in subdirectory/"
cp -r "$consumers" from-source
ln -s "$project" from-source/subdirectory/bedrock-token
consumers=$work/from-source cmake_consumer subdirectory
for app in shared static bedrock_token; do mints "subdirectory/app-$app"; done
subdirectory/app || fail "C beside C++"
needs_library subdirectory/app-shared yes
needs_library subdirectory/app-static no
needs_library subdirectory/app-bedrock_token no

begin "Meson: $(written "Meson")"
grep -qF "$(written "Meson")" "$consumers/meson/meson.build" || fail "not in meson/"
cp -r "$consumers/meson" meson-source
cp app.c meson-source/
PKG_CONFIG_PATH=$prefix/lib/pkgconfig quietly meson setup meson meson-source
quietly meson compile -C meson
LD_LIBRARY_PATH=$prefix/lib mints meson/app-shared
needs_library meson/app-shared yes
mints meson/app-static
needs_library meson/app-static no

begin "beside another Rust library, both static, with each its own run-time library"
rustc --edition 2024 --crate-type staticlib -C opt-level=3 -C lto=fat -o libother.a \
  "$consumers/two-rust/other.rs"
PKG_CONFIG_PATH=$only_static/lib/pkgconfig
export PKG_CONFIG_PATH
for order in "-lother -lbedrock_token" "-lbedrock_token -lother"; do
  # shellcheck disable=SC2046,SC2086
  cc "$consumers/two-rust/main.c" $(pkg-config --cflags bedrock_token) -L. -L"$only_static/lib" \
    $order $(pkg-config --libs --static bedrock_token) -o two-rust
  ./two-rust || fail "two-rust: exit status $?"
done

begin "system libraries: what rustc says, and what .pc and CMake say"
sorted() { tr ' ' '\n' | grep . | LC_ALL=C sort -u | paste -sd' '; }
quietly env -C "$project" cargo rustc --package bedrock-token --lib --crate-type staticlib --locked \
  --target-dir target -- --print "native-static-libs=$work/rustc-says"
# The compiler driver brings these in the form that fits, so they are left out (cmake/cargo.cmake).
rustc_says=$(sorted <rustc-says | sed -E 's/-l(gcc_s|c)\b ?//g; s/ $//')
pc_says=$(sed -n 's/^Libs.private: *//p' "$prefix/lib/pkgconfig/bedrock_token.pc" | sorted)
[ "$rustc_says" = "$pc_says" ] || fail "rustc: $rustc_says; bedrock_token.pc: $pc_says"
cmake_says=$(sed -n 's/.*INTERFACE_LINK_LIBRARIES=//p' cmake/static-properties | tr ';' ' ' | sorted)
[ "$rustc_says" = "$cmake_says" ] || fail "rustc: $rustc_says; bedrock_token::static: $cmake_says"

begin "a program built against $version runs with the library of a later version"
later=${version%.*}.$((${version##*.} + 1))
mkdir later
(cd "$project" && git ls-files -z | xargs -0 cp --parents -t "$work/later")
sed -i "s/\(VERSION \|version = \)\"$version\"/\1\"$later\"/" later/Cargo.toml later/Cargo.lock later/include/*.h
quietly cmake -S later -B later-build -DCMAKE_BUILD_TYPE=Debug -DBUILD_TESTING=OFF
quietly cmake --build later-build --target bedrock_token_libraries
quietly cmake --install later-build --prefix "$prefix"
export LD_LIBRARY_PATH=$prefix/lib
mints ./built-against-the-first
[ "$(./built-against-the-first | tail -n1)" = "$later" ] || fail "it still runs with $version"
begin "done"
