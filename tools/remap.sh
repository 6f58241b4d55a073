#!/usr/bin/env bash
# tools/remap.sh: prints the value of cargo's --config with which no file that it makes names a folder of
# this machine. CMake has the same in cmake/cargo.cmake.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
folders=("$(rustc --print sysroot)=/rust" "${CARGO_HOME:-$HOME/.cargo}=/cargo" "$root=/bedrock-token")
printf "target.'cfg(all())'.rustflags=[%s]\n" "$(printf "'--remap-path-prefix=%s'," "${folders[@]}")"
