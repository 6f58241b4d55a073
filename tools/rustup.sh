#!/usr/bin/env bash
# tools/rustup.sh ARGUMENT...: runs rustup, one at a time, because it locks nothing itself.
exec flock "$(rustc --print sysroot)" rustup "$@"
