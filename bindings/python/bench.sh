#!/usr/bin/env bash
# Compares this package with the official one, in one run on this machine.
set -euo pipefail
cd "$(dirname "$0")"
./test.sh --wheel
work=../../target/python
"$work/wheel/bin/pip" install --quiet --disable-pip-version-check \
  "$(grep ^botocore== requirements.txt)" "$(grep ^aws-bedrock-token-generator== requirements.txt)"
"$work/wheel/bin/python" bench.py
