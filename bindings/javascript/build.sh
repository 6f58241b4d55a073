#!/usr/bin/env bash
# bindings/javascript/build.sh: makes the npm package, as a folder, out of the sources here and the
# WebAssembly module, and prints its path.
set -euo pipefail
cd "$(dirname "$0")/../.."
module=$(tools/wasm.sh)
tools/need.sh node=nodejs npm >&2
work=build/javascript
mkdir -p "$work"
exec 9>"$work/lock"
flock 9
cp bindings/javascript/package{,-lock}.json "$work"
cmp --silent "$work/package-lock.json" "$work/node_modules/installed" || {
  npm ci --prefix "$work" --silent --no-audit --no-fund --ignore-scripts >&2
  cp "$work/package-lock.json" "$work/node_modules/installed"
}

package=$work/package
rm -rf "$package" "$work/src"
mkdir -p "$package/cjs"
cp -r bindings/javascript/src bindings/javascript/tsconfig.json "$work"
cp "$module" "$package/bedrock_token.wasm"
# Most runtimes compile these bytes. In the code they need no file that a bundler would have to copy.
cat >"$work/src/inline.ts" <<END
const base64 = "$(base64 -w0 "$module")";

export const source = (): WebAssembly.Module | Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0));
END
tsc=$work/node_modules/.bin/tsc
"$tsc" -p "$work" --outDir "$package/esm" >&2
"$tsc" -p "$work" --outDir "$package/cjs" --module commonjs >&2
rm "$package/cjs/workerd".*
sed -i 's,"#module","./inline.js",' "$package/cjs/module.js" # "#module" is for workers, which have no CommonJS
echo '{ "type": "commonjs" }' >"$package/cjs/package.json"
cp bindings/javascript/{README.md,package.json} LICENSE "$package"
echo "$PWD/$package"
