//go:build !cgo

package bedrocktoken

// Without cgo this is the only file, and this constant is what the compiler complains about.
const _ int = "bedrocktoken is built with cgo: install a C compiler and set CGO_ENABLED=1 (and CC, when cross-compiling)"
