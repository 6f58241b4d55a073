#!/usr/bin/env bash
# Makes tokens.tsv, refusals.tsv and official.tsv with AWS's own generators, which it installs into
# target/vectors, and compares every signature with each of them. tokens.tsv has every region that AWS's
# SDK for Python knows.
#   tests/vectors/make.sh          writes the files
#   tests/vectors/make.sh --check  fails when they are not what comes out
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
here=$root/tests/vectors
work=$root/target/vectors
mkdir -p "$work/out"

"$root/tools/need.sh" node=nodejs npm java=default-jdk-headless mvn=maven
python=$("$root/tools/venv.sh" vectors/python "$here/requirements.txt")
cp "$here"/{make.mjs,package.json,package-lock.json} "$work"
npm --prefix "$work" ci --silent --no-audit --no-fund --ignore-scripts >&2
mvn --batch-mode --quiet -Dstyle.color=never -f "$here/pom.xml" dependency:build-classpath "-Dmdep.outputFile=$work/classpath" >&2

"$python/python" "$here/official.py" regions >"$work/out/regions.txt"
node "$work/make.mjs" "$work/out"
tokens=$work/out/tokens.tsv
official=$work/out/official.tsv
count=$(grep -c ^javascript "$official")
{
  "$python/python" "$here/official.py" bedrock "$tokens" "$count"
  java -cp "$(cat "$work/classpath")" "$here/Official.java" "$tokens" |
    "$python/python" "$here/official.py" java "$tokens" "$count"
  "$python/python" "$here/official.py" claude-platform "$tokens" "$count"
} >>"$official"

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
