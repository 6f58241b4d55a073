#!/usr/bin/env bash
# packaging/dist.sh [TARGET...]: makes the files of a release in dist/: all, or those of these targets.
#
# stage.sh builds for each target, and installs into build/dist/TARGET, a prefix with bin/, lib/,
# include/ and share/. The packers make files out of these stages: those of this folder, and
# bindings/LANGUAGE/pack.sh for the targets that have a name for that language in targets.toml.
#
#   PACKER TARGET...
#
# A packer has VERSION and SOURCE_DATE_EPOCH in its environment. It writes into dist/, and prints the
# name of each file that it wrote there, one a line. Everything else that it says goes to stderr, which is
# shown if it fails. Two runs write the same bytes. packer.sh has what the packers share.
# PACKERS, if it is set, names the packers that run; the others do not.
set -euo pipefail
[[ $(uname) == Linux ]] || { echo "make dist needs Linux: Debian's tools build a part of it" >&2 && exit 1; }
cd "$(dirname "$0")/.."
tools/need.sh python3
given=$*
[[ $given ]] || given="$(packaging/targets.py python) $(packaging/targets.py javascript)"
steps=()
having() { # FIELD: sets `targets` to the given targets that have this field
  local target value
  targets=()
  for target in $given; do
    value=$(packaging/targets.py "$1" "$target")
    [[ -z $value ]] || targets+=("$target")
  done
}
each() { # PACKER: a step for each target
  local target
  for target in "${targets[@]}"; do steps+=("$1 $target"); done
}
all() { # PACKER: one step for all targets
  [[ ${#targets[@]} == 0 ]] || steps+=("$1 ${targets[*]}")
}

targets=()
for target in $given; do # CMake builds all but the WebAssembly module
  [[ ! -f cmake/targets/$target.cmake ]] || targets+=("$target")
done
each packaging/stage.sh
steps+=(packaging/source.sh packaging/vendor.sh packaging/crate.sh)
each packaging/archive.sh
having static
each packaging/command.sh
having debian
all packaging/debian.sh
for packer in bindings/*/pack.sh; do
  having "$(basename "$(dirname "$packer")")"
  all "$packer"
done

if [[ ${PACKERS-} ]]; then
  wanted=()
  for step in "${steps[@]}"; do
    [[ " packaging/stage.sh $PACKERS " != *" ${step%% *} "* ]] || wanted+=("$step")
  done
  steps=("${wanted[@]}")
fi

VERSION=$(sed -n '0,/^version = /s/^version = "\(.*\)"/\1/p' Cargo.toml)
# Unless it is given, the time of the commit. An unpacked source archive gives its files this time. A
# repository around that is another one.
if [[ -z ${SOURCE_DATE_EPOCH-} ]]; then
  if [[ -e .git ]]; then SOURCE_DATE_EPOCH=$(git log -1 --format=%ct); else SOURCE_DATE_EPOCH=$(stat -c %Y Cargo.toml); fi
fi
export VERSION SOURCE_DATE_EPOCH LC_ALL=C.UTF-8 TZ=UTC
umask 022
rm -rf dist build/dist
mkdir -p dist build/dist
for i in "${!steps[@]}"; do
  read -ra step <<<"${steps[i]}"
  printf '[%d/%d] %s' $((i + 1)) ${#steps[@]} "${step[*]}"
  SECONDS=0
  files=$("${step[@]}" 2>build/dist/log) || {
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
