#!/bin/sh
# curl-claude.sh MODEL: asks a model of Claude Platform on AWS. The token goes through a pipe, so that it is in no
# process's arguments.
set -eu
url=https://aws-external-anthropic.eu-central-1.api.aws/v1/messages
token=$(bedrock-token --service claude-platform)
printf 'Authorization: Bearer %s\n' "$token" |
  curl --silent --show-error --fail-with-body --header @- \
    --header "anthropic-version: 2023-06-01" \
    --header "anthropic-workspace-id: $ANTHROPIC_AWS_WORKSPACE_ID" --json \
    '{"model": "'"$1"'", "max_tokens": 1024, "messages": [{"role": "user", "content": "Hello"}]}' "$url"
