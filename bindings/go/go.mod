module github.com/bedrock-token/bedrock-token/bindings/go

go 1.24
