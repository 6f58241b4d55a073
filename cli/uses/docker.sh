#!/bin/sh
# Docker takes both variables from its own environment, so the token is not an argument.
bedrock-token exec --region eu-central-1 -- \
  docker run --rm --env AWS_BEARER_TOKEN_BEDROCK --env AWS_REGION IMAGE
