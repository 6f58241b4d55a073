#!/bin/sh
# curl-claude.sh MODEL: the same for Claude Platform on AWS.
set -eu
url=https://aws-external-anthropic.eu-central-1.api.aws/v1/messages
token=$(bedrock-token --service claude-platform)
printf 'Authorization: Bearer %s\n' "$token" |
  curl --silent --show-error --fail-with-body --header @- \
    --header "anthropic-version: 2023-06-01" \
    --header "anthropic-workspace-id: $ANTHROPIC_AWS_WORKSPACE_ID" --json \
    '{"model": "'"$1"'", "max_tokens": 1024, "messages": [{"role": "user", "content": "Hello"}]}' "$url"
