#!/usr/bin/env bash
# packaging/debian.sh TARGET...: the Debian source package, made of the archives of the source in dist/,
# and the packages for the processors of these targets. Debian's tools build them, with Debian's compilers.
source "$(dirname "$0")/packer.sh"
tools/need.sh dh=debhelper dpkg-buildpackage=dpkg-dev xz=xz-utils >&2
architectures=()
for target in "$@"; do
  architecture=$(target debian "$target")
  gnu=$(dpkg-architecture -f -a "$architecture" -q DEB_HOST_GNU_TYPE 2>/dev/null)
  tools/need.sh "$gnu-gcc=gcc-${gnu/_/-}" >&2
  tools/rust-target.sh "$target"
  architectures+=("$architecture")
done

out=build/debian
source=$out/bedrock-token-$VERSION
rm -rf "$out"
mkdir "$out"
original=$out/bedrock-token_$VERSION.orig
cp "dist/bedrock-token-$VERSION.tar.gz" "$original.tar.gz"
cp "dist/bedrock-token-$VERSION-vendor.tar.gz" "$original-vendor.tar.gz"
tar -C "$out" -xzf "$original.tar.gz"
mkdir "$source/vendor"
tar -C "$source/vendor" --strip-components=1 -xzf "$original-vendor.tar.gz"
cp -r packaging/debian "$source"
packaging/third-party.sh >"$source/debian/third-party.txt"
{
  echo "libbedrock_token.so.0 libbedrock-token0 #MINVER#"
  echo "* Build-Depends-Package: libbedrock-token-dev"
  sed -E 's/^([^ ]+) (.*)/ \1@Base \2/' tests/abi/exported-symbols.txt
} >"$source/debian/libbedrock-token0.symbols"
cat >"$source/debian/changelog" <<END
bedrock-token ($VERSION-1) unstable; urgency=medium

  * The upstream changelog lists the changes.

 -- $(sed -n 's/^Maintainer: //p' packaging/debian/control)  $(date -R -u -d "@$SOURCE_DATE_EPOCH")
END
# -d: Rust may come from elsewhere than a Debian package. debhelper sets another HOME, so rustup is told
# where its files are.
export RUSTUP_HOME=${RUSTUP_HOME:-$HOME/.rustup}
export DEB_BUILD_OPTIONS="noautodbgsym ${DEB_BUILD_OPTIONS:-}"
# Debian builds without a network, so we do, where we can.
alone=()
! unshare --net true 2>/dev/null || alone=(unshare --net)
cd "$source"
dpkg-buildpackage --build=source -us -uc -d >&2
for architecture in "${architectures[@]}"; do
  "${alone[@]}" dpkg-buildpackage --build=any --host-arch="$architecture" -us -uc -d >&2
done
cd ..
files=(*.dsc *.orig*.tar.gz *.debian.tar.xz *.deb)
mv "${files[@]}" ../../dist
printf '%s\n' "${files[@]}"
