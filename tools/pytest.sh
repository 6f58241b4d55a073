#!/usr/bin/env bash
# tools/pytest.sh ARGUMENT...: runs pytest, with the packages of tests/requirements.txt, which it
# installs into target/pytest.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
venv=$root/target/pytest
python3 -c 'import ensurepip' 2>/dev/null || "$root/tools/need.sh" python3 ensurepip=python3-venv
[[ -x $venv/bin/pip ]] || python3 -m venv "$venv"
cmp --silent "$root/tests/requirements.txt" "$venv/installed" || {
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$root/tests/requirements.txt"
  cp "$root/tests/requirements.txt" "$venv/installed"
}
exec "$venv/bin/pytest" "$@"
