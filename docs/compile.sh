#!/bin/sh
cc generate.c -I bedrock-token-*/include bedrock-token-*/lib/libbedrock_token.a -lpthread -ldl -lm -o generate
./generate
