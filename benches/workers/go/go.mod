module bench

go 1.24

require (
	github.com/aws/aws-sdk-go-v2 v1.47.0
	github.com/bedrock-token/bedrock-token/bindings/go v0.0.0
)

require (
	github.com/aws/smithy-go v1.28.1 // indirect
	github.com/tetratelabs/wazero v1.10.1 // indirect
)

replace github.com/bedrock-token/bedrock-token/bindings/go => ../../../bindings/go
