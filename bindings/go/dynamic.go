//go:build cgo && !bedrock_token_wasm && bedrock_token_dynamic

package bedrocktoken

// #cgo CFLAGS: -DBEDROCK_TOKEN_DYNAMIC
// #cgo pkg-config: bedrock_token
import "C"
