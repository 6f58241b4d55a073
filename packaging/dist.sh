#!/usr/bin/env bash
# packaging/dist.sh [TARGET...]: makes the files of a release in dist/: all, or those of these targets.
#
# stage.sh builds for each target, and installs into build/dist/TARGET, a prefix with bin/, lib/,
# include/ and share/. The packers make files out of these stages. A packer is a script of this folder:
#
#   packaging/PACKER TARGET...
#
# It runs in the root of the tree, with VERSION and SOURCE_DATE_EPOCH in its environment. It writes
# into dist/, and prints the name of each file that it wrote there, one a line. Everything else that
# it says goes to stderr, which is shown if it fails. Two runs write the same bytes.
set -euo pipefail
cd "$(dirname "$0")/.."
targets=("$@")
[[ $# != 0 ]] || targets=(
  {x86_64,aarch64}-unknown-linux-gnu.2.17
  {x86_64,aarch64}-unknown-linux-musl
  x86_64-pc-windows-gnu
  {x86_64,aarch64}-apple-darwin # built, but not run: only a Mac could
)

steps=()
each() { # PACKER PATTERN: a step for each target that the pattern matches
  local target
  for target in "${targets[@]}"; do
    # shellcheck disable=SC2053 # a pattern
    [[ $target != $2 ]] || steps+=("$1 $target")
  done
}
all() { # PACKER PATTERN: one step for all targets that the pattern matches
  local target matching=()
  for target in "${targets[@]}"; do
    # shellcheck disable=SC2053
    [[ $target != $2 ]] || matching+=("$target")
  done
  [[ ${#matching[@]} == 0 ]] || steps+=("$1 ${matching[*]}")
}

each stage.sh '*'
steps+=(source.sh crate.sh)
each archive.sh '*'
each command.sh '*-musl'
each command.sh '*-windows-*'
all debian.sh '*-linux-gnu*'
all python.sh '*'
all go.sh '*'
all ruby.sh '*'
all nuget.sh '*'
[[ $# != 0 ]] || steps+=(recipes.sh) # they need the archive of every target

VERSION=$(sed -n '0,/^version = /s/^version = "\(.*\)"/\1/p' Cargo.toml)
# The time of the commit. An unpacked source archive gives its files this time.
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || stat -c %Y Cargo.toml)
export VERSION SOURCE_DATE_EPOCH LC_ALL=C.UTF-8 TZ=UTC
umask 022
rm -rf dist build/dist
mkdir -p dist build/dist
for i in "${!steps[@]}"; do
  read -ra step <<<"${steps[i]}"
  printf '[%d/%d] %s' $((i + 1)) ${#steps[@]} "${step[*]}"
  SECONDS=0
  files=$("packaging/${step[0]}" "${step[@]:1}" 2>build/dist/log) || {
    printf ': failed\n'
    cat build/dist/log >&2
    exit 1
  }
  printf ' (%s s)\n' "$SECONDS"
  for file in $files; do
    echo "$file ${step[*]}" >>build/dist/files
    printf '        %s  %s kB\n' "$file" $((($(stat -c %s "dist/$file") + 999) / 1000))
  done
done
packaging/sbom.py
(cd dist && find . -type f -printf '%P\n' | sort | xargs -d'\n' sha256sum -- >../build/dist/SHA256SUMS)
mv build/dist/SHA256SUMS dist
printf '%s files in dist/, %s\n' "$(find dist -type f | wc -l)" "$(du -sh dist | cut -f1)"
