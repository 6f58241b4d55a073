#!/usr/bin/env bash
# Installs what languages.py needs, and runs it.
#   benches/languages.sh [ROUNDS [LANGUAGE...]]
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p target/bench/sessions
python=$(tools/venv.sh bench/languages /dev/null)
exec "$python/python" benches/languages.py "$@"
