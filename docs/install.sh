#!/bin/sh

# Linux: the library for C and C++, to unpack anywhere
curl -fsSL "https://github.com/bedrock-token/bedrock-token/releases/download/v0.1.0/bedrock-token-0.1.0-$(uname -m)-unknown-linux-gnu.2.17.tar.gz" | tar -xz

# The command, for every Linux: into ~/.local/bin, which must be on your PATH
mkdir -p ~/.local/bin && curl -fsSL "https://github.com/bedrock-token/bedrock-token/releases/download/v0.1.0/bedrock-token-0.1.0-$(uname -m)-unknown-linux-musl" -o ~/.local/bin/bedrock-token && chmod +x ~/.local/bin/bedrock-token

# macOS: the library and the command, to unpack anywhere
curl -fsSL "https://github.com/bedrock-token/bedrock-token/releases/download/v0.1.0/bedrock-token-0.1.0-$(uname -m | sed s/arm64/aarch64/)-apple-darwin.tar.gz" | tar -xz

# Go
go get github.com/bedrock-token/bedrock-token/bindings/go

# JavaScript
npm install bedrock-token

# Python
pip install bedrock-token

# Ruby
gem install bedrock_token

# C#
dotnet add package BedrockToken

# Rust
cargo add bedrock-token-core
