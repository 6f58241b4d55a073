#!/usr/bin/env bash
# tools/demo.sh PROGRAM: runs examples-c/generate.cpp, and shows what is in its token.
set -euo pipefail
echo "examples-c/generate.cpp has the credentials of AWS's documentation, which no service accepts. It prints:"
output=$("$1")
echo "$output"
echo
echo "Inside the token, in Base64, is a presigned URL:"
token=$(sed -n 's/^Authorization: Bearer bedrock-api[-]key-//p' <<<"$output")
url=$(base64 -d <<<"$token")
printf '%s\n' "${url//&/$'\n'  &}"
