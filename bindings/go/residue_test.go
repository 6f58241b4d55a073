//go:build linux && !race

package bedrocktoken

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// copies counts where in the memory of this process, which it reads all, a string lies. It reads
// into memory that it leaves out itself. (Not for the race detector, whose shadow memory is
// terabytes.)
func copies(t *testing.T, needle string) int {
	const chunk = 1 << 20
	buffer, err := syscall.Mmap(-1, 0, chunk+len(needle), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Munmap(buffer)
	own := uint64(uintptr(unsafe.Pointer(&buffer[0])))

	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Fatal(err)
	}
	memory, err := os.Open("/proc/self/mem")
	if err != nil {
		t.Fatal(err)
	}
	defer memory.Close()
	found := map[uint64]bool{}
	lines := bufio.NewScanner(bytes.NewReader(maps))
	for lines.Scan() {
		var from, to uint64
		var permissions string
		if _, err := fmt.Sscanf(lines.Text(), "%x-%x %s", &from, &to, &permissions); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(permissions, "rw") {
			continue
		}
		for at := from; at < to; at += chunk {
			// The kernel may have made one mapping of the buffer and its neighbours.
			end := min(at+chunk+uint64(len(needle))-1, to)
			parts := [][2]uint64{{at, min(end, own)}, {max(at, own+uint64(len(buffer))), end}}
			for _, part := range parts {
				if part[0] >= part[1] {
					continue
				}
				n, err := memory.ReadAt(buffer[:part[1]-part[0]], int64(part[0]))
				if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, syscall.EIO) {
					t.Fatal(err)
				}
				for offset := 0; ; {
					i := bytes.Index(buffer[offset:n], unsafe.Slice(unsafe.StringData(needle), len(needle)))
					if i < 0 {
						break
					}
					found[part[0]+uint64(offset+i)] = true
					offset += i + 1
				}
			}
		}
	}
	return len(found)
}

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
		if _, err := Generate(c, region, time.Hour); err != nil {
			t.Fatal(err)
		}
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
	copied := make([]byte, 64)
	copy(copied[7:], c.SecretAccessKey)
	if n := copies(t, c.SecretAccessKey); n != 2 {
		t.Errorf("%d copies, where there are 2", n)
	}
	runtime.KeepAlive(copied)

	p, err := NewProvider(CredentialsFunc(func(context.Context) (Credentials, error) { return c, nil }), region)
	if err != nil {
		t.Fatal(err)
	}
	clear(copied)
	if _, err := p.Token(t.Context()); err != nil {
		t.Fatal(err)
	}
	if after := count(); after != before {
		t.Errorf("copies after a provider generated: %s", after)
	}
}
