#!/usr/bin/env bash
# packaging/package.sh TREE: makes the archive, the command as one file, and the Debian packages in
# build/package. The archive is a prefix to unpack anywhere, from the build tree TREE. The Debian
# packages are built by Debian's tools.
set -euo pipefail
cd "$(dirname "$0")/.."
tree=$1
out=$PWD/build/package
version=$(sed -n '0,/^version = /s/^version = "\(.*\)"/\1/p' Cargo.toml)
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
rm -rf "$out"
mkdir -p "$out"
packaging/third-party.sh bedrock-token bedrock-token-cli >"$out/third-party.txt"

name=bedrock-token-$version-$(cc -dumpmachine)
cmake --install "$tree" --strip --prefix "$out/$name" >/dev/null
strip "$out/$name"/lib/*.so.*
mkdir -p "$out/$name/share/doc/bedrock-token"
cp README.md CHANGELOG.md LICENSE "$out/third-party.txt" "$out/$name/share/doc/bedrock-token"
tar -C "$out" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" \
  -czf "$out/$name.tar.gz" "$name"

# The command alone, for any Linux.
install -m 755 "$(packaging/static-command.sh)" "$out/bedrock-token-$version-$(uname -m)-linux"

source=$out/bedrock-token-$version
mkdir "$source"
git ls-files -z | xargs -0 cp --parents -t "$source"
cp -r packaging/debian "$source"
cp "$out/third-party.txt" "$source/debian"
{
  echo "libbedrock_token.so.0 libbedrock-token0 #MINVER#"
  sed -E 's/^([^ ]+) (.*)/ \1@Base \2/' tests/abi/exported-symbols.txt
} >"$source/debian/libbedrock-token0.symbols"
cat >"$source/debian/changelog" <<END
bedrock-token ($version-1) unstable; urgency=medium

  * The upstream changelog lists the changes.

 -- $(sed -n 's/^Maintainer: //p' packaging/debian/control)  $(date -R -u -d "@$SOURCE_DATE_EPOCH")
END
# -d: Rust may come from elsewhere than a Debian package. debhelper sets another HOME, so Rust's tools
# are told where their files are.
(cd "$source" && CARGO_HOME=${CARGO_HOME:-$HOME/.cargo} RUSTUP_HOME=${RUSTUP_HOME:-$HOME/.rustup} \
  DEB_BUILD_OPTIONS="noautodbgsym ${DEB_BUILD_OPTIONS:-}" \
  dpkg-buildpackage --build=binary -us -uc -d) >"$out/log" 2>&1 || {
  cat "$out/log" >&2
  exit 1
}
rm -rf "${out:?}/$name" "$source" "$out"/*.buildinfo "$out"/*.changes "$out/third-party.txt" "$out/log"
ls -l "$out"
