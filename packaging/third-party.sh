#!/usr/bin/env bash
# packaging/third-party.sh [PACKAGE...]: prints the Rust packages that are linked into these packages of
# ours (by default the library, bedrock-token), and their licenses, each text once.
set -euo pipefail
cd "$(dirname "$0")/.."
ours=("$@")
((${#ours[@]})) || ours=(bedrock-token)
packages=$(cargo tree --locked "${ours[@]/#/--package=}" --edges normal,no-proc-macro --prefix none \
  --no-dedupe --format '{p} {l}' | grep -v '^bedrock-token\|^$' | LC_ALL=C sort -u)
registry=${CARGO_HOME:-$HOME/.cargo}/registry/src

echo "Linked into ${ours[*]}: Rust's standard library (MIT OR Apache-2.0), and these packages:"
echo
echo "  ${packages//$'\n'/$'\n'  }"

declare -A users
declare -A texts
while read -r name version _; do
  found=$(compgen -G "$registry/*/$name-${version#v}/[LNC][IOR]*[ETG]*" || true)
  for file in $found; do
    case $(basename "$file") in
      LICEN[SC]E* | NOTICE* | COPYRIGHT*) ;;
      *) continue ;;
    esac
    sum=$(tr -s '[:space:]' ' ' <"$file" | sha256sum)
    users[$sum]="${users[$sum]:-} $name"
    texts[$sum]=$file
  done
done <<<"$packages"
for sum in "${!texts[@]}"; do printf '%s\t%s\n' "${users[$sum]# }" "${texts[$sum]}"; done | LC_ALL=C sort |
  while IFS=$'\t' read -r names file; do
    printf '\n%s\n%s\n\n' "$(printf '=%.0s' {1..80})" "$names" | fold -s -w 100
    cat "$file"
  done
