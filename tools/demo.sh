#!/usr/bin/env bash
# tools/demo.sh PROGRAM: generates a token with the command and shows what is in it.
set -euo pipefail
if [ -z "${AWS_ACCESS_KEY_ID:-}" ]; then
  echo "No AWS_ACCESS_KEY_ID in the environment: these are AWS's documentation credentials, which no service accepts."
  export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE
  export AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
  unset AWS_SESSION_TOKEN AWS_CREDENTIAL_EXPIRATION
fi
export AWS_REGION=${AWS_REGION:-eu-central-1}

echo "\$ export AWS_BEARER_TOKEN_BEDROCK=\$(bedrock-token --region $AWS_REGION)"
AWS_BEARER_TOKEN_BEDROCK=$("$1" --region "$AWS_REGION")
export AWS_BEARER_TOKEN_BEDROCK
echo "\$ echo \$AWS_BEARER_TOKEN_BEDROCK"
echo "$AWS_BEARER_TOKEN_BEDROCK"
echo
echo "\$ bedrock-token inspect"
"$1" inspect
echo
echo "Inside it, in Base64, is a presigned URL:"
url=$(base64 -d <<<"${AWS_BEARER_TOKEN_BEDROCK#bedrock-api"-key-"}")
printf '%s\n' "${url//&/$'\n'  &}" | sed -E 's/(Security-Token=.{12}).*/\1.../'
