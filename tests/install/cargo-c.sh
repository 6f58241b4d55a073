#!/usr/bin/env bash
# tests/install/cargo-c.sh TREE: `cargo cinstall` installs the same set of files as the build tree TREE does, but for the command,
# and programs find and link them in the same ways. Installs cargo-c itself if it is not there.
set -euo pipefail
tree=$(realpath "$1")
# shellcheck source=tests/functions.sh
. "$(dirname "$0")/../functions.sh"
cd "$project"

if ! cargo cinstall --version >/dev/null 2>&1; then
  # Kept out of the tree, so that the next clone has it too. Unoptimised: that builds in a third of the time.
  tools=${XDG_CACHE_HOME:-$HOME/.cache}/bedrock-token
  export PATH="$tools/bin:$PATH"
  if ! cargo cinstall --version >/dev/null 2>&1; then
    tools/need.sh cc=gcc pkg-config /usr/include/openssl/ssl.h=libssl-dev
    echo "Installing cargo-c into $tools, which takes two minutes"
    quietly env CARGO_PROFILE_DEV_DEBUG=0 CARGO_TARGET_DIR="$work/cargo-c" \
      cargo install cargo-c@0.10.23 --locked --debug --root "$tools"
  fi
fi

# All but the command, which is a package of its own.
quietly cmake --install "$tree" --prefix "$work/cmake" --component Unspecified
quietly cargo cinstall --release --locked --prefix "$work/cargo-c-prefix" \
  --libdir "$work/cargo-c-prefix/lib" --target-dir "$tree/cargo-c"
diff <(files "$work/cmake") <(files "$work/cargo-c-prefix") || fail "cmake installs (<), cargo-c installs (>)"

prefix=$work/cargo-c-prefix
cmp "$prefix/include/bedrock_token.h" include/bedrock_token.h
soname=$(soname "$prefix/lib/libbedrock_token.so")
[ "$soname" = libbedrock_token.so.0 ] || fail "the SONAME is $soname"
nm -D --defined-only "$prefix/lib/libbedrock_token.so" | cut -d' ' -f3 | LC_ALL=C sort |
  diff <(cut -d' ' -f1 tests/abi/exported-symbols.txt) - || fail "it exports other symbols"
for option in --modversion --libs --cflags; do
  theirs=$(PKG_CONFIG_PATH=$prefix/lib/pkgconfig pkg-config $option bedrock_token)
  ours=$(PKG_CONFIG_PATH=$work/cmake/lib/pkgconfig pkg-config $option bedrock_token)
  same="s#$work/[a-z-]*/##g; s#lib/pkgconfig/../../##g"
  [ "$(sed "$same" <<<"$ours")" = "$(sed "$same" <<<"$theirs")" ] || fail "pkg-config $option: $theirs"
done
quietly cmake -S "$consumers/cmake" -B "$work/consumer" -DCMAKE_PREFIX_PATH="$prefix"
quietly cmake --build "$work/consumer"
for app in app app-shared app-static; do quietly "$work/consumer/$app"; done
echo "cargo cinstall: the same $(files "$prefix" | wc -l) files as cmake --install"
