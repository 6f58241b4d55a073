#!/usr/bin/env bash
# Runs the sessions of noxfile.py: those that test, or the ones that you name.
#   ./test.sh                   all tests
#   ./test.sh -s build          only builds the wheel and the source distribution
set -euo pipefail
cd "$(dirname "$0")"
tools=../../tools
if [[ $# == 0 ]]; then
  "$tools/need.sh" pypy3
  pypy3 -c 'import ensurepip' 2>/dev/null || "$tools/need.sh" ensurepip=pypy3-venv
fi
programs=$("$tools/venv.sh" python/tools requirements.txt)
PATH=$programs:$PATH exec nox "$@"
