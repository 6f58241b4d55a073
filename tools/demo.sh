#!/usr/bin/env bash
# tools/demo.sh PROGRAM: mints a token with the command-line tool and shows what is in it.
set -euo pipefail
if [ -z "${AWS_ACCESS_KEY_ID:-}" ]; then
  echo "No AWS_ACCESS_KEY_ID in the environment: these are AWS's documentation credentials, which no service accepts."
  export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE
  export AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
  unset AWS_SESSION_TOKEN
fi
export AWS_REGION=${AWS_REGION:-eu-central-1}

echo "\$ bedrock-token --region $AWS_REGION"
token=$("$1")
echo "$token"
echo
echo "\$ bedrock-token --inspect -"
"$1" --inspect - <<<"$token"
echo
echo "Inside it, in Base64, is a presigned URL:"
url=$(base64 -d <<<"${token#bedrock-api"-key-"}")
printf '%s\n' "${url//&/$'\n'  &}" | sed -E 's/(Security-Token=.{12}).*/\1.../'
