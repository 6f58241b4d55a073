#!/usr/bin/env bash
# Checks every file with the formatter and the linter of its language.
#   tools/lint.sh        changes nothing
#   tools/lint.sh --fix  formats the files first
# Where the versions are: requirements.txt and go.mod beside this script; rustfmt and clippy come
# with Rust. The files of other languages are compiled or run by `make test-conformance`.
set -euo pipefail
((BASH_VERSINFO[0] >= 4)) || { echo "tools/lint.sh needs bash 4 or newer; a Mac has 3.2: brew install bash" >&2 && exit 1; }
cd "$(dirname "$0")/.."
case ${1-} in
  "") rustfmt=(--check) clang=(--dry-run -Werror) gofmt=(-d) ruff=(--diff) shfmt=(-d) ;;
  --fix) rustfmt=() clang=(-i) gofmt=(-w) ruff=() shfmt=(-w) ;;
  *) echo "usage: tools/lint.sh [--fix]" >&2 && exit 2 ;;
esac

tools/need.sh cc=gcc c++=g++ git
programs=$(tools/venv.sh lint tools/requirements.txt)
go=$(tools/go.sh)
PATH=$programs:$go:$PATH
# Go's checks compile against the header alone, so they need no installed library.
export GOFLAGS="-buildvcs=false -tags=bedrock_token_dynamic" PKG_CONFIG=true CGO_CFLAGS=-I$PWD/include
GOBIN=$programs go -C tools install tool
failed=()

# Sets `files` to the files of these patterns that git tracks or that are new.
list() {
  mapfile -t files < <(git ls-files --cached --others --exclude-standard --deduplicate -- "$@" |
    while read -r file; do [[ ! -e $file ]] || echo "$file"; done)
}

check() { # NAME COMMAND...: goes on after a failure
  echo "== $1"
  "${@:2}" || failed+=("$1")
}

list '*.rs'
check rustfmt rustfmt --edition 2024 "${rustfmt[@]}" "${files[@]}"
list Cargo.toml '*/Cargo.toml'
mapfile -t files < <(grep -l '^\[workspace\]' "${files[@]}")
for manifest in "${files[@]}"; do
  check "clippy, $manifest" cargo clippy --quiet --manifest-path "$manifest" --workspace \
    --all-targets --locked --target-dir target/lint-cargo -- -D warnings
done

list '*.c' '*.h' '*.cpp' '*.hpp' ':!*/bedrock_token.h'
check clang-format clang-format "${clang[@]}" "${files[@]}"

list '*.go'
check gofmt gofmt "${gofmt[@]}" "${files[@]}"
list '*/go.mod' ':!tools/go.mod'
for module in "${files[@]%/go.mod}"; do
  check "go vet, $module" go -C "$module" vet ./...
  check "staticcheck, $module" env -C "$module" staticcheck ./...
done

check "ruff format" ruff format --quiet "${ruff[@]}" .
check "ruff check" ruff check --quiet .

list '*.js' '*.mjs'
check "deno lint" deno lint --quiet "${files[@]}"

list '*.sh' .ci/run
check shfmt shfmt --indent 2 --case-indent "${shfmt[@]}" "${files[@]}"
check shellcheck shellcheck --external-sources --source-path=SCRIPTDIR "${files[@]}"

check actionlint actionlint .github/workflows/*.yml cli/uses/*.yml
check zizmor zizmor --quiet --offline --persona=auditor .github/workflows

check "the table of targets" packaging/targets.py --check

# In every language: no trailing blanks, no conflict markers.
check "git diff --check" git diff --check "$(git hash-object -t tree /dev/null)"

if [[ ${#failed[@]} != 0 ]]; then
  echo "make lint failed:$(printf ' %s;' "${failed[@]}")  \`make format\` mends the formats" >&2
  exit 1
fi
