#!/usr/bin/env bash
# tools/rustup.sh ARGUMENT...: runs rustup, one at a time, because it locks nothing itself.
# A Mac has no flock, and runs one such command at a time.
command -v flock >/dev/null || exec rustup "$@"
exec flock "$(rustc --print sysroot)" rustup "$@"
