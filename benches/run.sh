#!/usr/bin/env bash
# benches/run.sh [bench|languages] [ROUNDS]: installs what bench.py needs, runs it, and draws growth.svg.
set -euo pipefail
cd "$(dirname "$0")/.."
what=${1:-bench}
python=$(tools/venv.sh bench/venv benches/requirements.txt)
"$python/python" benches/bench.py "$what" "${@:2}"
[[ $what == bench ]] || exit 0

lib=$PWD/build/release/lib
cc -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -Iinclude benches/growth.c -o target/bench/growth -pthread -ldl \
  "-L$lib" "-Wl,-rpath,$lib" -lbedrock_token
target/bench/growth | tee benches/growth.txt
"$python/python" benches/chart.py benches/growth.svg <benches/growth.txt
