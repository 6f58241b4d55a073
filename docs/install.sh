#!/bin/sh

# C and C++: the library, to unpack anywhere
curl -fsSL "https://github.com/bedrock-token/bedrock-token/releases/download/v0.1.0/bedrock-token-0.1.0-$(uname -m)-unknown-linux-gnu.2.17.tar.gz" | tar -xz

# The command, for every Linux
curl -fsSL "https://github.com/bedrock-token/bedrock-token/releases/download/v0.1.0/bedrock-token-0.1.0-$(uname -m)-unknown-linux-musl" -o bedrock-token && chmod +x bedrock-token

# Go
go get github.com/bedrock-token/bedrock-token/bindings/go

# Python
pip install bedrock-token

# Ruby
gem install bedrock_token

# C#
dotnet add package BedrockToken

# Rust
cargo add bedrock-token-core
