#!/usr/bin/env bash
# Every C and C++ test of the last `make test` under valgrind's memcheck; a leak is an error too.
set -euo pipefail
if ! command -v valgrind >/dev/null; then
  echo "skipped: needs valgrind"
  [[ -z ${CI-} ]]
  exit
fi
tests=0
for program in "$(dirname "$0")"/../../build/release/tests/*-{shared,static}; do
  echo "valgrind $(basename "$program")"
  valgrind --quiet --error-exitcode=99 --leak-check=full --show-leak-kinds=all \
    --errors-for-leak-kinds=all "$program"
  tests=$((tests + 1))
done
echo "$tests tests without an error or a leak"
