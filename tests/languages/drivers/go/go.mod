module vectors

go 1.24

require github.com/bedrock-token/bedrock-token/bindings/go v0.0.0

replace github.com/bedrock-token/bedrock-token/bindings/go => ../../../../bindings/go
