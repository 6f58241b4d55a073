//go:build cgo && !bedrock_token_wasm && !bedrock_token_dynamic

package bedrocktoken

/*
#cgo linux,amd64 LDFLAGS: ${SRCDIR}/libbedrock_token_linux_amd64_glibc.a ${SRCDIR}/libbedrock_token_linux_amd64_musl.a
#cgo linux,arm64 LDFLAGS: ${SRCDIR}/libbedrock_token_linux_arm64_glibc.a ${SRCDIR}/libbedrock_token_linux_arm64_musl.a
#cgo windows,amd64 LDFLAGS: ${SRCDIR}/libbedrock_token_windows_amd64.a -lntdll -luserenv -lws2_32 -ldbghelp
#cgo darwin,amd64 LDFLAGS: ${SRCDIR}/libbedrock_token_darwin_amd64.a
#cgo darwin,arm64 LDFLAGS: ${SRCDIR}/libbedrock_token_darwin_arm64.a
*/
import "C"
