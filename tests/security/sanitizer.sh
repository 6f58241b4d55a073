#!/usr/bin/env bash
# The C and C++ tests under a sanitizer, with the library and Rust's standard library instrumented
# too: without that, it would not see what they do.
#   tests/security/sanitizer.sh address   AddressSanitizer, LeakSanitizer, and UndefinedBehaviorSanitizer for
#                             C and C++, for which Rust's own checks stand in Rust
#   tests/security/sanitizer.sh thread    ThreadSanitizer
set -euo pipefail
cd "$(dirname "$0")/../.."
case ${1-} in
  address) flags=(-fsanitize=address,undefined -fno-sanitize=vptr) runtime=asan probe='__asan_report_[a-z]*[0-9]*' ;;
  thread) flags=(-fsanitize=thread) runtime=tsan probe='__tsan_[a-z]*[0-9]*' ;;
  *) echo "usage: tests/security/sanitizer.sh address|thread" >&2 && exit 2 ;;
esac
export CARGO_TARGET_DIR=target/$1-sanitizer

rust=$(rustc --print sysroot)/lib/rustlib
host=$(rustc -vV | sed -n 's/^host: //p')
runtime=$(echo "$rust/$host"/lib/librustc-*_rt."$runtime".a)
[[ -e $rust/src/rust ]] || rustup component add rust-src || true
if [[ ! -e $rust/src/rust || ! -e $runtime ]]; then
  echo "skipped: needs Rust's own source (rustup component add rust-src) and its sanitizers"
  [[ -z ${CI-} ]]
  exit
fi

# RUSTC_BOOTSTRAP: a stable compiler takes these two options only so.
RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Zsanitizer=$1 \
  cargo build --quiet --locked --package bedrock-token -Zbuild-std --target "$host"
library=$CARGO_TARGET_DIR/$host/debug/libbedrock_token.a
nm --print-file-name "$library" >"$library.symbols" 2>/dev/null
for crate in bedrock_token bedrock_token_core aws_sigv4 sha2 std; do
  grep -q ":$crate[-.][^:]*: *U $probe\$" "$library.symbols" || {
    echo "$crate is not instrumented"
    exit 1
  }
done

export ASAN_OPTIONS=detect_stack_use_after_return=0 UBSAN_OPTIONS=halt_on_error=1
# Of children that leave with _exit(), it takes the threads of their parents for lost.
export TSAN_OPTIONS=halt_on_error=1:die_after_fork=0:report_thread_leaks=0
for source in tests/c/*.c tests/cpp/*.cpp tests/security/threads.c; do
  program=$CARGO_TARGET_DIR/$(basename "$source")
  compiler=(cc -std=gnu11)
  [[ $source == *.c ]] || compiler=(c++ -std=c++17)
  "${compiler[@]}" -g -O1 "${flags[@]}" -fno-sanitize-recover=all -I include -I tests/c \
    -DBEDROCK_TOKEN_VECTORS='"tests/vectors"' -c "$source" -o "$program.o"
  # The runtime is Rust's, which knows all that either compiler asks of it.
  c++ "$program.o" "$library" -Wl,--whole-archive "$runtime" -Wl,--no-whole-archive \
    -lpthread -ldl -lm -lrt -lresolv -o "$program.out"
  "$program.out"
done
