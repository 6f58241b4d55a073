#!/bin/sh
file=bedrock-token-0.1.0-x86_64-unknown-linux-gnu.2.17.tar.gz
curl -fsSLO "https://github.com/bedrock-token/bedrock-token/releases/download/v0.1.0/{$file,SHA256SUMS}" &&
  sha256sum -c --ignore-missing SHA256SUMS &&
  gh attestation verify "$file" --repo bedrock-token/bedrock-token
