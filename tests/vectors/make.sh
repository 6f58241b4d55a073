#!/usr/bin/env bash
# Makes tokens.tsv, refusals.tsv and official.tsv with AWS's own generators, which it installs into
# target/vectors, and compares every signature with each of them.
#   tests/vectors/make.sh          writes the files
#   tests/vectors/make.sh --check  fails when they are not what comes out
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$here/../../target/vectors
mkdir -p "$work/out"
work=$(cd "$work" && pwd)

venv=()
python3 -c 'import ensurepip' 2>/dev/null || venv=(ensurepip=python3-venv)
"$here/../../tools/need.sh" node=nodejs npm python3 "${venv[@]}" java=default-jdk-headless mvn=maven

cp "$here"/{make.mjs,package.json,package-lock.json} "$work"
npm --prefix "$work" ci --silent --no-audit --no-fund --ignore-scripts >&2
[[ -x $work/python/bin/pip ]] || python3 -m venv "$work/python"
"$work/python/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt" >&2
mvn --batch-mode --quiet -Dstyle.color=never -f "$here/pom.xml" dependency:build-classpath "-Dmdep.outputFile=$work/classpath" >&2

node "$work/make.mjs" "$work/out"
tokens=$work/out/tokens.tsv
official=$work/out/official.tsv
count=$(grep -c ^javascript "$official")
{
  "$work/python/bin/python" "$here/official.py" "$tokens" "$count"
  java -cp "$(cat "$work/classpath")" "$here/Official.java" "$tokens" "$count"
} >>"$official"
"$work/python/bin/python" "$here/claude_platform.py" "$work/out"

if [[ ${1-} = --check ]]; then
  for file in "$work"/out/*.tsv; do
    diff -u "$here/$(basename "$file")" "$file" >&2 || differ=1
  done
  if [[ -v differ ]]; then
    echo "The vectors are not what AWS's generators make; to mend them: tests/vectors/make.sh" >&2
    exit 1
  fi
  echo "$(grep -vc '^#' "$tokens") tokens are as the official generators make them"
else
  cp "$work"/out/*.tsv "$here"
fi
