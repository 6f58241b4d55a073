#!/usr/bin/env bash
# The tests behind the claims in SECURITY.md, against the library as it is installed and against
# builds of it that differ in one thing.
#   tests/security/run.sh          all of them
#   tests/security/run.sh residue  those whose name starts so
set -euo pipefail
cd "$(dirname "$0")/../.."
if [[ $(uname -sm) != "Linux x86_64" ]]; then
  echo "skipped: needs Linux on x86-64"
  [[ -z ${CI-} ]]
  exit
fi
tools/need.sh cc=gcc c++=g++ cmake valgrind strings=binutils git
release=build/release/lib
programs=target/security/programs
mkdir -p "$programs"
make build >"$programs/build.log" 2>&1 || { cat "$programs/build.log" && exit 1; }

# variant NAME OPTIONS...: builds the library with these options to rustc; $library is it.
variant() {
  library=target/security/$1/libbedrock_token.so
  CARGO_TARGET_DIR=target/security cargo rustc --quiet --release --locked --lib --crate-type cdylib \
    --config 'profile.release.debug="line-tables-only"' -- "${@:2}"
  mkdir -p "target/security/$1"
  cp target/security/release/libbedrock_token.so "target/security/$1/"
  ln -sf libbedrock_token.so "target/security/$1/libbedrock_token.so.0"
}

# program NAME LIBRARY SOURCES...: compiles and links one; $program is it.
program() {
  program=$programs/$1
  cc -std=gnu11 -O1 -g -Wall -Wextra -Werror -I include -I tests/c -rdynamic "${cc_options[@]}" \
    -DBEDROCK_TOKEN_VECTORS='"tests/vectors"' "${@:3}" "$2" -Wl,-rpath,"$PWD/$(dirname "$2")" \
    -lpthread -ldl -lm -lrt -o "$program"
}

wanted=${1-}
ran=0
# check NAME COMMAND...
check() {
  [[ $1 == "$wanted"* ]] || return 0
  printf '%s: ' "$1"
  "${@:2}"
  ran=$((ran + 1))
}

t=tests/security
cc_options=()
residue=("$t/residue.c" "$t/memory_search.c" "$t/failing_memory.c")
memory=("$t/memory.c" "$t/memory_main.c" "$t/failing_memory.c")

all_functions_called() {
  local function
  while read -r function _; do
    grep -qw "$function" $t/calls.h || {
      echo "$function is not in calls.h"
      exit 1
    }
  done <tests/abi/exported-symbols.txt
  echo "each exported function is in calls.h"
}
check "calls" all_functions_called

for kind in shared static; do
  [[ $kind == shared ]] && library=$release/libbedrock_token.so || library=$release/libbedrock_token.a
  # Bound lazily, so that the dynamic linker works in the middle of calls.
  cc_options=(-Wl,-z,lazy)
  program residue-$kind $library "${residue[@]}"
  check "residue, $kind" "$program"
  program stack-$kind $library $t/stack.c
  check "stack, $kind" "$program"
  program memory-$kind $library "${memory[@]}"
  check "memory, $kind" "$program"
  program sandbox-$kind $library $t/sandbox.c
  check "sandbox, $kind" "$program"
  program threads-$kind $library $t/threads.c
  check "threads, $kind" "$program"
  cc_options=()
  check "environment, $kind" env AWS_ACCESS_KEY_ID=hostile AWS_SECRET_ACCESS_KEY=hostile \
    AWS_SESSION_TOKEN=hostile AWS_REGION=hostile AWS_DEFAULT_REGION=hostile AWS_PROFILE=hostile \
    AWS_CONFIG_FILE=/hostile AWS_BEARER_TOKEN_BEDROCK=hostile AWS_ENDPOINT_URL=hostile://hostile \
    RUST_BACKTRACE=full RUST_LOG=trace RUST_MIN_STACK=1 LOG_LEVEL=trace TZ=hostile LC_ALL=hostile \
    build/release/tests/vectors-$kind
done

# Loaded into a process that runs.
cc_options=(-fPIC -shared)
program memory.so $release/libbedrock_token.so $t/memory.c
memory_library=$program
cc_options=()
program memory-loaded $release/libbedrock_token.so $t/memory_main.c $t/failing_memory.c
check "memory, loaded" "$program" "$memory_library"
check "memory, loaded, no thread-specific pointers with room" "$program" "$memory_library" keys

if [[ residue == "$wanted"* || $wanted == residue* ]]; then
  variant margin --cfg bedrock_token_test_margin
  program residue-margin $library "${residue[@]}"
  check "residue, with 1 KiB less of the stack wiped" "$program"

  RUSTFLAGS='--cfg sha2_backend="soft"' cargo build --quiet --release --locked --lib \
    --target-dir target/security/soft
  program residue-soft target/security/soft/release/libbedrock_token.a "${residue[@]}"
  check "residue, without the processor's SHA instructions" "$program"

  cargo build --quiet --locked --lib
  program residue-debug target/debug/libbedrock_token.a "${residue[@]}"
  check "residue, debug build" "$program"
fi

panics() {
  variant panic --cfg bedrock_token_test_panic
  program panics $library $t/panics.c $t/memory_search.c
  "$program"
}
check "panics" panics

branches() {
  variant plain
  program branches $library $t/branches.c
  valgrind -v --num-callers=100 --suppressions=$t/branches.supp "$program" 2>"$program.log" || {
    cat "$program.log"
    exit 1
  }
  # Six mints: one look at whether the secret is allowed in each, not one at each byte.
  grep -q 'used_suppression: *6 once a mint' "$program.log" || {
    grep used_suppression "$program.log"
    exit 1
  }
}
check "branches" branches

for sanitizer in address thread; do
  check "$sanitizer sanitizer" $t/sanitizer $sanitizer
done
check "supply chain" $t/supply-chain
check "reproducible build" $t/reproducible
check "fuzz" fuzz/run.sh 20
[[ $ran -gt 0 ]] || { echo "no check is called $wanted" && exit 2; }
echo "$ran checks passed ($SECONDS s)"
