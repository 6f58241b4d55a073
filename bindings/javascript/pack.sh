#!/usr/bin/env bash
# bindings/javascript/pack.sh TARGET: the npm package, and the WebAssembly module that is in it. Both are for
# every platform. OUT is where they go instead of dist/.
source "$(dirname "$0")/../../packaging/packer.sh"
package=$(bindings/javascript/build.sh)
packaging/third-party.sh >"$package/NOTICE"
out=$(realpath "${OUT:-dist}")
# npm writes the same bytes each time: its archives have a fixed date and owner.
(cd "$package" && npm pack --silent --pack-destination ..) >&2
npm=bedrock-token-$VERSION-npm.tgz
mv "$package/../bedrock-token-$VERSION.tgz" "$out/$npm"
module=bedrock_token-$VERSION.wasm
cp "$package/bedrock_token.wasm" "$out/$module"
printf '%s\n' "$npm" "$module"
