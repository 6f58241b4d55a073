//go:build !cgo || bedrock_token_wasm

package bedrocktoken

import (
	"bytes"
	"errors"
	"testing"
)

// A trap is an error, its instance is wiped, and another one takes its place.
func TestTrap(t *testing.T) {
	for range 2 * cap(instances) {
		i := must(take())
		memory := i.view(0, i.memory.Size())
		copy(memory[1000:], "a secret")
		const nowhere = 0xffff_fff0
		if _, err := i.call(i.inspect, nowhere, 8, 224); !errors.Is(err, ErrInternal) {
			t.Fatal(err)
		}
		if bytes.Contains(memory, []byte("a secret")) {
			t.Fatal("not wiped")
		}
	}
	must(Generate(example, region, DefaultExpires))
}
