#!/usr/bin/env bash
# tools/venv.sh NAME FILE: makes the virtual environment target/NAME with the Python packages that
# FILE lists, unless it is there, and prints its folder of programs.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
venv=$root/target/$1
python3 -c 'import ensurepip' 2>/dev/null || "$root/tools/need.sh" python3 ensurepip=python3-venv
[[ -x $venv/bin/pip ]] || python3 -m venv "$venv"
cmp --silent "$2" "$venv/installed" || {
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$2"
  cp "$2" "$venv/installed"
}
echo "$venv/bin"
