#!/usr/bin/env bash
# bindings/javascript/test.sh [ARGUMENT...]: packs and installs the npm package, and runs the tests in test/
# with it. Arguments are those of `node --test`, such as runtimes.test.mjs. TARBALL is a package to test
# instead.
set -euo pipefail
cd "$(dirname "$0")/../.."
tools/need.sh node=nodejs npm chromium
VERSION=$(sed -n '0,/^version = /s/^version = "\(.*\)"/\1/p' Cargo.toml)
export VERSION ROOT=$PWD
work=build/javascript/test
mkdir -p "$work"
[[ ${TARBALL-} ]] || OUT=build/javascript bindings/javascript/pack.sh wasm32-unknown-unknown >/dev/null
export TARBALL=${TARBALL:-$PWD/build/javascript/bedrock-token-$VERSION-npm.tgz}
cp bindings/javascript/test/* "$work"
cd "$work"
# A date instead of a lock: what a package depends on is taken as it was then.
cmp --silent package.json node_modules/installed || {
  npm install --silent --before=2026-11-30 --no-package-lock --no-audit --no-fund --ignore-scripts
  cp package.json node_modules/installed
}
rm -rf node_modules/bedrock-token
mkdir node_modules/bedrock-token
tar -C node_modules/bedrock-token --strip-components=1 -xzf "$TARBALL"
[[ $# != 0 ]] || set -- *.test.mjs
node --test "$@"
