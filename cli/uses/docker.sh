#!/bin/sh
# Docker takes the two variables out of its own environment, so that they are no arguments.
bedrock-token exec --region eu-central-1 -- \
  docker run --rm --env AWS_BEARER_TOKEN_BEDROCK --env AWS_REGION IMAGE
