#!/usr/bin/env bash
# bindings/go/test.sh ARGUMENT...: installs the library, and runs test_modules.py with it. Arguments are pytest's.
set -euo pipefail
cd "$(dirname "$0")/../.."
tools/need.sh cc=gcc pkg-config
PATH=$(tools/go.sh):$PATH
mkdir -p build/go
cp "$(tools/wasm.sh)" bindings/go # what a released module carries
make install PREFIX="$PWD/build/go/prefix" >build/go/install.log 2>&1 || {
  cat build/go/install.log >&2
  exit 1
}
# tests/conftest.py, too, is for this suite.
PYTHONPATH=tests tools/pytest.sh -c tests/pytest.ini --rootdir=. -p conftest bindings/go/test_modules.py "$@"
