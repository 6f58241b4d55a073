//go:build linux && !race

package bedrocktoken

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// copies counts the places in the memory of this process, which it reads all, where a string lies. (Not for
// the race detector, whose shadow memory is terabytes.)
func copies(t *testing.T, needle string) (found int) {
	// What is read goes to shared memory, which is left out.
	const size = 1 << 20
	buffer := must(syscall.Mmap(-1, 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED|syscall.MAP_ANON))
	defer syscall.Munmap(buffer)
	maps := must(os.ReadFile("/proc/self/maps"))
	memory := must(os.Open("/proc/self/mem"))
	defer memory.Close()
	for line := range strings.Lines(string(maps)) {
		var from, to int64
		var permissions string
		_, err := fmt.Sscanf(line, "%x-%x %s", &from, &to, &permissions)
		if err != nil || !strings.HasPrefix(permissions, "rw") || strings.HasSuffix(permissions, "s") {
			continue // an error is [vsyscall], whose address is too high for int64
		}
		for at := from; at < to; at += size - int64(len(needle)) + 1 {
			n, err := memory.ReadAt(buffer[:min(size, to-at)], at)
			if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, syscall.EIO) {
				t.Fatal(err)
			}
			found += bytes.Count(buffer[:n], unsafe.Slice(unsafe.StringData(needle), len(needle)))
		}
	}
	return found
}

// planted is in the heap: a stack leaves a copy behind when it grows.
var planted []byte

func TestNoCopyOfSecretsStays(t *testing.T) {
	c := Credentials{
		AccessKeyID:     "ASIAIOSFODNN7EXAMPLE",
		SecretAccessKey: random("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 40),
		SessionToken:    random("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 1000),
	}
	count := func() string {
		return fmt.Sprintf("%d of the secret, %d of the session token",
			copies(t, c.SecretAccessKey), copies(t, c.SessionToken))
	}
	before := count()
	if want := "1 of the secret, 1 of the session token"; before != want {
		t.Fatalf("copies before: %s, want %s", before, want)
	}
	for range 100 {
		must(Generate(c, region, time.Hour))
		if _, err := Generate(c, "-", time.Hour); err != ErrRegion {
			t.Fatal(err)
		}
		if _, err := Generate(c, region, time.Millisecond); err != ErrExpires {
			t.Fatal(err)
		}
	}
	if after := count(); after != before {
		t.Errorf("copies after: %s", after)
	}
	// That the count would tell.
	planted = make([]byte, 64)
	copy(planted[7:], c.SecretAccessKey)
	if n := copies(t, c.SecretAccessKey); n != 2 {
		t.Errorf("%d copies, where there are 2", n)
	}
	clear(planted)

	p := must(NewProvider(CredentialsFunc(func(context.Context) (Credentials, error) { return c, nil }), region))
	must(p.Token(t.Context()))
	if after := count(); after != before {
		t.Errorf("copies after a provider generated: %s", after)
	}
}
