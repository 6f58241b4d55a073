#!/usr/bin/env bash
# tools/pytest.sh ARGUMENT...: runs pytest, with the packages of tests/requirements.txt.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
programs=$("$root/tools/venv.sh" pytest "$root/tests/requirements.txt")
exec "$programs/pytest" "$@"
