#!/usr/bin/env bash
# tools/rust-target.sh TARGET: installs Rust's standard library for a target unless it is there. A version
# of glibc at the end of the name is left out.
set -euo pipefail
target=${1%%.*}
[[ ! -d $(rustc --print target-libdir --target "$target") ]] || exit 0
command -v rustup >/dev/null || {
  echo "Rust's standard library for $target is missing; rustup installs it" >&2
  exit 1
}
exec "$(dirname "$0")/rustup.sh" target add "$target" >&2
