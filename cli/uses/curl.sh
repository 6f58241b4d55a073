#!/bin/sh
# From standard input, because other users can see the arguments of a program.
printf 'Authorization: Bearer %s' "$(bedrock-token --region eu-central-1)" |
  curl --silent --show-error --fail-with-body --header @- --json '{
    "model": "openai.gpt-oss-120b-1:0", "messages": [{"role": "user", "content": "Hello"}]
  }' https://bedrock-runtime.eu-central-1.amazonaws.com/openai/v1/chat/completions
