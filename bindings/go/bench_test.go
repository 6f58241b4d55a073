package bedrocktoken

import (
	"context"
	"fmt"
	"testing"
	"time"
)

// go test -run '^$' -bench . -count 10

func BenchmarkGenerate(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Generate(example, region, time.Hour); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkProvider(b *testing.B) {
	source := CredentialsFunc(func(context.Context) (Credentials, error) { return example, nil })
	p, err := NewProvider(source, region)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("kept token", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := p.Token(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("kept token, with its end", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, _, err := p.TokenFor(b.Context(), time.Minute); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("kept token, by many goroutines", func(b *testing.B) {
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if _, err := p.Token(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		})
	})
	b.Run("kept token of 1,000 tenants", func(b *testing.B) {
		tenants := NewTenants(1000, func(string) (*Provider, error) { return NewProvider(source, region) })
		var names []string
		for i := range 1000 {
			names = append(names, fmt.Sprint("tenant", i))
		}
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			p, err := tenants.Provider(names[i%len(names)])
			if err != nil {
				b.Fatal(err)
			}
			if _, err := p.Token(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	})
}
