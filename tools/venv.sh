#!/usr/bin/env bash
# tools/venv.sh NAME FILE...: makes the virtual environment target/NAME with the Python packages that the
# files list, unless it is there, and prints its folder of programs. NAME may be a path. requirements.lock has
# the hashes of every package, and of those that it depends on.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
venv=$1
[[ $venv == /* ]] || venv=$root/target/$venv
shift
lock=$root/tools/requirements.lock
wanted=$(cat "$@" "$lock")
if [[ $wanted != "$(cat "$venv/installed" 2>/dev/null)" ]]; then
  python3 -c 'import ensurepip' 2>/dev/null || "$root/tools/need.sh" python3 ensurepip=python3-venv
  [[ -x $venv/bin/pip ]] || python3 -m venv "$venv"
  # Only uv takes hashes for some of the packages in a list.
  "$venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes \
    --requirement <(sed -n '/^uv==/,/[^\\]$/p' "$lock") >&2
  "$venv/bin/uv" pip install --quiet --python "$venv/bin/python" --require-hashes --no-build \
    --constraint "$lock" "${@/#/--requirement=}" >&2
  echo "$wanted" >"$venv/installed"
fi
echo "$venv/bin"
