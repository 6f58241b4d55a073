#!/usr/bin/env bash
# Builds what is published, a wheel and a source distribution, into target/python/dist, and tests
# both as those get them who install them.
#   ./test          all of it
#   ./test --wheel  only builds them, and installs the wheel into target/python/wheel
set -euo pipefail
cd "$(dirname "$0")"
root=$(cd ../.. && pwd)
work=$root/target/python
mkdir -p "$work"
step() { printf '\n== %s\n' "$*"; }
fresh() { # PYTHON NAME [PACKAGE...]: a new virtual environment with these packages in it
  "$1" -m venv --clear "$work/$2"
  "$work/$2/bin/python" -m pip install --quiet --disable-pip-version-check "${@:3}"
}
quietly() { "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2 && false; }; } # unless it fails
pinned() { grep "^$1==" requirements.txt; }

"$root/tools/need.sh" python3
python3 -c 'import ensurepip' 2>/dev/null || "$root/tools/need.sh" ensurepip=python3-venv
[[ -x $work/tools/bin/python ]] || python3 -m venv "$work/tools"
PATH=$work/tools/bin:$PATH
python -m pip install --quiet --disable-pip-version-check -r requirements.txt

step "Building"
host=$(rustc -vV | sed -n 's/^host: //p')
# zig links against the symbols of an old glibc, so that the wheel is good for old systems, too.
(cd "$root" && cargo-zigbuild zigbuild --release --locked --lib --quiet --target "$host.2.17")
export BEDROCK_TOKEN_LIBRARY=$root/target/$host/release/libbedrock_token.so
rm -rf "$work/built" "$work/dist"
# A license file by its name, for hatchling: the wheel has the Rust packages in it.
"$root/packaging/third-party.sh" >NOTICE
quietly python -m build --installer pip --outdir "$work/built" .
# Fails when the wheel needs more of a system than it says.
quietly auditwheel repair --plat "manylinux_2_17_${host%%-*}" --wheel-dir "$work/dist" "$work"/built/*.whl
unset BEDROCK_TOKEN_LIBRARY
cp "$work"/built/*.tar.gz "$work/dist"
wheel=$(ls "$work"/dist/*.whl)
sdist=$(ls "$work"/dist/*.tar.gz)
fresh python3 wheel "$wheel" "$(pinned pytest)"
python -m zipfile --list "$wheel" | grep --quiet '/licenses/NOTICE '
basename -a "$wheel" "$sdist"
[[ ${1-} != --wheel ]] || exit 0

step "Style and types"
ruff check .
ruff format --check .
mypy src tests examples hatch_build.py bench.py
# As a user's program sees the types, in the wheel.
(cd examples && mypy --strict --python-executable "$work/wheel/bin/python" mint.py)

step "The wheel, with nothing else installed"
"$work/wheel/bin/pytest" -q -p no:cacheprovider tests/test_token.py tests/test_provider.py

step "The official package's own tests, against bedrock_token.compat"
"$work/wheel/bin/pip" install --quiet --disable-pip-version-check "$wheel[botocore]" "$(pinned botocore)"
rm -rf "$work/official"
mkdir "$work/official"
pip download --quiet --disable-pip-version-check --no-deps --no-binary :all: \
  --dest "$work/official" "$(pinned aws-bedrock-token-generator)"
tar -xf "$work"/official/*.tar.gz -C "$work/official" --strip-components=1 --wildcards '*/tests'
sed -i 's/aws_bedrock_token_generator/bedrock_token.compat/g' "$work"/official/tests/*.py
(cd "$work/official" && "$work/wheel/bin/pytest" -q -p no:cacheprovider tests)

step "The wheel, beside the official package"
"$work/wheel/bin/pip" install --quiet --disable-pip-version-check "$(pinned aws-bedrock-token-generator)"
"$work/wheel/bin/pytest" -q -p no:cacheprovider

step "The wheel, under PyPy"
"$root/tools/need.sh" pypy3
pypy3 -c 'import ensurepip' 2>/dev/null || "$root/tools/need.sh" ensurepip=pypy3-venv
fresh pypy3 pypy "$wheel[botocore]" pytest "$(pinned aws-bedrock-token-generator)"
"$work/pypy/bin/python" --version
"$work/pypy/bin/python" -m pytest -q -p no:cacheprovider

step "The source distribution"
CARGO_TARGET_DIR=$root/target fresh python3 sdist "$sdist"
"$work/sdist/bin/python" examples/mint.py
