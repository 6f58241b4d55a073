#!/usr/bin/env bash
# tools/target.sh TARGET: builds for a platform into build/TARGET and tests it there, under the
# emulator that cmake/targets/TARGET.cmake names.
# A platform of tier 3, which nothing here can run, is only compiled, and its files are inspected. Where
# there is no toolchain file, cargo builds the static library, which needs no linker.
# TARGET is Rust's name.
set -euo pipefail
cd "$(dirname "$0")/.."
target=${1-}
toolchain=$PWD/cmake/targets/$target.cmake
if [[ $target == wasm32-unknown-unknown ]]; then # it has no C: a host calls its exports
  # shellcheck disable=SC2046 # each is a word
  tools/need.sh python3 $(packaging/targets.py tools "$target")
  MODULE=$(tools/wasm.sh)
  export MODULE
  exec node --test tests/wasm/module.test.mjs
fi
if [[ ! -f $toolchain ]] && ! rustc --print target-list | grep -qxF -- "$target"; then
  echo "usage: tools/target.sh TARGET, one of:" >&2
  (cd cmake/targets && printf '  %s\n' *.cmake) | sed 's/\.cmake$//' >&2
  echo "or another of rustc --print target-list, of which only the static library is built" >&2
  exit 2
fi
tools/need.sh cmake python3
tier=3
if [[ -f $toolchain ]]; then
  tier=$(packaging/targets.py tier "$target")
  tools=$(packaging/targets.py tools "$target")
  # shellcheck disable=SC2086 # each is a word
  tools/need.sh $tools
fi
tools/rust-target.sh "$target"

tree=build/$target
testing=ON
inspected=
files=tests/abi/test_library_file.py
[[ $target != *windows* ]] || files=tests/windows
if [[ $tier == 3 ]]; then
  inspected=yes
  testing=OFF
  files=tests/abi/inspected_files.py
  tools/rustup.sh component add llvm-tools
fi
if [[ -f $toolchain ]]; then
  # libcurl, for examples-c/chat.c, is there for this machine only.
  cmake -S . -B "$tree" --toolchain "$toolchain" -D CMAKE_BUILD_TYPE=Release -D BUILD_TESTING=$testing \
    -D CMAKE_DISABLE_FIND_PACKAGE_CURL=ON
  cmake --build "$tree" --parallel "$(getconf _NPROCESSORS_ONLN)"
else
  cargo rustc --release --locked --lib --crate-type staticlib --target "$target" \
    --target-dir "$tree/cargo" --config "$(tools/remap.sh)"
  mkdir -p "$tree/lib"
  find "$tree/cargo/$target/release" -maxdepth 1 -regex ".*bedrock_token\.\(a\|lib\)" -exec cp {} "$tree/lib" \;
fi

failed=()
if [[ ! $inspected ]]; then
  processors=$(packaging/targets.py processors "$target")
  programs=()
  for processor in ${processors:-default}; do
    [[ $processor == default ]] || export QEMU_CPU=$processor
    ctest --test-dir "$tree" --no-tests=error --parallel "$(getconf _NPROCESSORS_ONLN)" --output-on-failure \
      "${programs[@]}" || failed+=("ctest, processor $processor")
    # Where the secret lies depends on the processor; the answers do not.
    programs=(--tests-regex residue)
  done
fi
BEDROCK_TOKEN_TREE=$tree tools/pytest.sh "$files" || failed+=("$files")
if [[ ${#failed[@]} != 0 ]]; then
  printf '%s: failed: %s\n' "$target" "${failed[*]}" >&2
  exit 1
fi
echo "$target: passed${inspected:+; compiled and inspected, not run}"
