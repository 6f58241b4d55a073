#!/usr/bin/env bash
# packaging/command.sh TARGET: the command alone. It needs no other file on the system that it is for.
source "$(dirname "$0")/packer.sh"
suffix=
[[ $1 != *windows* ]] || suffix=.exe
name=bedrock-token-$VERSION-$1$suffix
install -m 755 "build/dist/$1/bin/bedrock-token$suffix" "dist/$name"
echo "$name"
