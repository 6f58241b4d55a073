#!/bin/sh
# curl.sh MODEL: asks a model of Amazon Bedrock. The token goes through a pipe, so that it is in no
# process's arguments.
set -eu
url=https://bedrock-runtime.eu-central-1.amazonaws.com/openai/v1/chat/completions
token=$(bedrock-token)
printf 'Authorization: Bearer %s\n' "$token" |
  curl --silent --show-error --fail-with-body --header @- --json \
    '{"model": "'"$1"'", "messages": [{"role": "user", "content": "Hello"}]}' "$url"
