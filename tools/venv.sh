#!/usr/bin/env bash
# tools/venv.sh NAME FILE...: makes the virtual environment target/NAME with the Python packages that the
# files list, unless it is there, and prints its folder of programs. NAME may be a path.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
venv=$1
[[ $venv == /* ]] || venv=$root/target/$venv
shift
python3 -c 'import ensurepip' 2>/dev/null || "$root/tools/need.sh" python3 ensurepip=python3-venv
[[ -x $venv/bin/pip ]] || python3 -m venv "$venv"
wanted=$(cat "$@")
if [[ $wanted != "$(cat "$venv/installed" 2>/dev/null)" ]]; then
  "$venv/bin/pip" install --quiet --disable-pip-version-check "${@/#/--requirement=}" >&2
  echo "$wanted" >"$venv/installed"
fi
echo "$venv/bin"
