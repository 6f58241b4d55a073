#!/usr/bin/env bash
# tests/install/packages.sh: the packages of `make package`: lintian, then installed with apt, compiled with,
# used, and removed. Needs root, and that none of them is installed.
set -euo pipefail
# shellcheck source=tests/functions.sh
. "$(dirname "$0")/../functions.sh"
packages=$project/build/package
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "skipped: needs root and apt-get"
  [ -z "${CI:-}" ]
  exit
fi
for package in libbedrock-token0 libbedrock-token-dev bedrock-token; do
  ! dpkg -s $package >/dev/null 2>&1 || fail "$package is installed, and this test would remove it"
done
# generates PROGRAM: it is the command.
generates() {
  AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY \
    "$1" --region eu-central-1 | "$1" --inspect - | grep -q AKIAIOSFODNN7EXAMPLE || fail "$1"
}
cd "$work"
begin "lintian"
quietly lintian --fail-on error --allow-root "$packages"/*.deb
begin "apt-get install"
trap 'apt-get purge -y libbedrock-token0 libbedrock-token-dev bedrock-token >/dev/null 2>&1; rm -rf "$work"' EXIT
export DEBIAN_FRONTEND=noninteractive
quietly apt-get install -y --no-install-recommends "$packages"/*.deb
dpkg -L libbedrock-token0 libbedrock-token-dev bedrock-token | grep bedrock >installed
begin "Debian packages: $(written "Debian packages")"
cp "$consumers/app.c" .
eval "$(written "Debian packages")"
mints ./app
needs_library app yes
# shellcheck disable=SC2046
cc app.c $(pkg-config --cflags --libs bedrock_token) -o with-pkg-config
mints ./with-pkg-config
quietly cmake -S "$consumers/cmake" -B cmake
quietly cmake --build cmake
mints cmake/app-shared
mints cmake/app-static
generates /usr/bin/bedrock-token
grep -q '/man1/bedrock-token.1.gz$' installed || fail "no manual page"
begin "apt-get purge"
trap 'rm -rf "$work"' EXIT
quietly apt-get purge -y libbedrock-token0 libbedrock-token-dev bedrock-token
while read -r path; do [ ! -e "$path" ] || fail "$path is left"; done <installed
[ -z "$(compgen -G '/var/lib/dpkg/info/*bedrock-token*')" ] || fail "dpkg still knows them"
! ldconfig -p | grep bedrock_token || fail "the loader still knows it"

begin "the .tar.gz, unpacked anywhere"
tar -xzf "$packages"/*.tar.gz
prefix=$(echo "$work"/bedrock-token-*)
generates "$prefix/bin/bedrock-token"
# shellcheck disable=SC2046
cc app.c $(PKG_CONFIG_PATH=$prefix/lib/pkgconfig pkg-config --cflags --libs bedrock_token) -o unpacked
LD_LIBRARY_PATH=$prefix/lib mints ./unpacked
begin "done"
