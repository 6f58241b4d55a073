#!/bin/sh
curl --no-buffer --header "Authorization: Bearer $KEY" \
  --json '{"model": "openai.gpt-oss-120b-1:0", "stream": true, "messages": [{"role": "user", "content": "Hello"}]}' \
  http://127.0.0.1:8080/team-a/openai/v1/chat/completions
