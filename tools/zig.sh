#!/usr/bin/env bash
# tools/zig.sh: prints the folder of Zig's programs. It is in the user's cache, because a toolchain file writes
# nothing into the source. Each version has its own.
set -euo pipefail
here=$(dirname "$0")
requirements=$here/../cmake/zig-requirements.txt
cache=${XDG_CACHE_HOME:-$HOME/.cache}/bedrock-token
mkdir -p "$cache"
exec flock "$cache" "$here/venv.sh" "$cache/zig-$(sed -n 's/^ziglang==//p' "$requirements")" "$requirements"
