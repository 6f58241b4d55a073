#!/usr/bin/env bash
# Fuzzes every target at the same time, from the inputs in seeds.tsv on, for that many seconds.
#   fuzz/run.sh [SECONDS] [TARGET...]
# New inputs stay in target/fuzz/found. One that is worth keeping gets a line in seeds.tsv: the target, a
# name, and the bytes, of which all but the printable ones are written as \xHH.
set -euo pipefail
cd "$(dirname "$0")/.."
tools/need.sh c++=g++
seconds=${1:-20}
targets=("${@:2}")
((${#targets[@]})) || targets=(generate_into inspect provider)
host=$(rustc -vV | sed -n 's/^host: //p')

# As cargo-fuzz has it: coverage counters, comparisons, the address sanitizer, all of Rust's checks.
# These are options of a nightly compiler, which this variable has a stable one take, too.
coverage=(passes=sancov-module
  llvm-args=-sanitizer-coverage-level=4
  llvm-args=-sanitizer-coverage-inline-8bit-counters
  llvm-args=-sanitizer-coverage-pc-table
  llvm-args=-sanitizer-coverage-trace-compares)
RUSTC_BOOTSTRAP=1 RUSTFLAGS="${coverage[*]/#/-C} -Zsanitizer=address -Cdebug-assertions --cfg fuzzing" \
  cargo build --quiet --release --locked --manifest-path fuzz/Cargo.toml --target "$host" \
  --target-dir target/fuzz

rm -rf target/fuzz/seeds
while IFS=$'\t' read -r target name bytes; do
  mkdir -p "target/fuzz/seeds/$target"
  printf '%b' "$bytes" >"target/fuzz/seeds/$target/$name"
done <fuzz/seeds.tsv

declare -A process
for target in "${targets[@]}"; do
  mkdir -p "target/fuzz/found/$target"
  # A hang ends from here. libFuzzer's own limit would read the clock that the provider's target turns.
  timeout --signal=ABRT $((seconds + 60)) \
    "target/fuzz/$host/release/$target" -max_total_time="$seconds" -print_final_stats=1 \
    -timeout=0 -max_len=4096 -artifact_prefix="target/fuzz/$target-" \
    "target/fuzz/found/$target" "target/fuzz/seeds/$target" >"target/fuzz/$target.log" 2>&1 &
  process[$target]=$!
done
failed=0
for target in "${targets[@]}"; do
  if wait "${process[$target]}"; then
    echo "fuzz $target: $(sed -n 's/^stat::number_of_executed_units: *//p' "target/fuzz/$target.log") executions in $seconds s, nothing found"
  else
    grep -A 3 panicked "target/fuzz/$target.log" || true
    tail -n 12 "target/fuzz/$target.log"
    failed=1
  fi
done
exit $failed
