package bedrocktoken

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// town has tenants with a clock in the test's hands, and counts calls to their sources.
type town struct {
	*Tenants[string]
	clock atomic.Int64
	calls atomic.Int32
	fail  error
}

func newTown(limit int) *town {
	w := &town{}
	w.clock.Store(noon.Unix())
	now := func() time.Time { return time.Unix(w.clock.Load(), 0) }
	w.Tenants = NewTenants(limit, func(name string) (*Provider, error) {
		if w.fail != nil {
			return nil, w.fail
		}
		c := example
		c.AccessKeyID = name
		p, err := NewProvider(CredentialsFunc(func(context.Context) (Credentials, error) {
			w.calls.Add(1)
			return c, nil
		}), region, WithExpires(time.Hour))
		if err == nil {
			p.now = now
		}
		return p, err
	})
	w.now = now
	return w
}

// wants gets a token of a tenant, and tells whether the tenant's source was asked for it.
func (w *town) wants(t *testing.T, name string, asked bool) {
	t.Helper()
	calls := w.calls.Load()
	p, err := w.Provider(name)
	if err != nil {
		t.Fatal(err)
	}
	token, err := p.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	info, err := Inspect(token)
	if err != nil || info.AccessKeyID != name {
		t.Errorf("%s got %+v, %v", name, info, err)
	}
	if got := w.calls.Load() > calls; got != asked {
		t.Errorf("the source of %s was asked: %v, want %v", name, got, asked)
	}
}

func TestTenants(t *testing.T) {
	w := newTown(3)
	for _, name := range []string{"A", "B", "C"} {
		w.wants(t, name, true)
	}
	for _, name := range []string{"A", "C", "B", "A"} {
		w.wants(t, name, false)
	}
	w.wants(t, "D", true) // instead of C
	w.wants(t, "B", false)
	w.wants(t, "A", false)
	w.wants(t, "C", true) // instead of D
	w.Forget("B")
	w.Forget("nobody")
	w.wants(t, "A", false)
	w.wants(t, "B", true)

	w.fail = errors.New("no such tenant")
	if p, err := w.Provider("X"); p != nil || err != w.fail {
		t.Errorf("%v, %v", p, err)
	}
	w.wants(t, "A", false)
	if len(w.entries) != 3 || w.byUse.Len() != 3 {
		t.Errorf("%d entries, %d in the list", len(w.entries), w.byUse.Len())
	}
	if shown := fmt.Sprintf("%v %+v %#v", w.Tenants, w.Tenants, *w.byUse.Front().Value.(*tenant[string])); strings.Contains(shown, prefix) {
		t.Errorf("a token is shown: %s", shown)
	}
}

func TestTenantsForgetEndedTokens(t *testing.T) {
	w := newTown(100)
	for i := range 50 {
		w.wants(t, fmt.Sprint("EARLY", i), true)
	}
	if _, err := w.Provider("NO_TOKEN"); err != nil {
		t.Fatal(err)
	}
	w.clock.Add(1800)
	w.wants(t, "LATE", true)
	w.clock.Add(1800)
	asked, err := w.Provider("EARLY1")
	if err != nil {
		t.Fatal(err)
	}
	if again, err := w.Provider("EARLY1"); again != asked || err != nil {
		t.Errorf("%v: a tenant that is asked for is another one", err)
	}
	w.wants(t, "LATE", false)
	if want := 3; len(w.entries) != want || w.byUse.Len() != want {
		t.Errorf("%d entries, want %d", len(w.entries), want)
	}

	// A tenant that was asked for lately is kept, even though its token has ended.
	w = newTown(100)
	w.wants(t, "A", true)
	w.wants(t, "B", true)
	if _, err := w.Provider("A"); err != nil {
		t.Fatal(err)
	}
	w.clock.Add(3600)
	if w.wants(t, "B", true); len(w.entries) != 1 {
		t.Errorf("%d entries", len(w.entries))
	}
	w = newTown(100)
	w.wants(t, "A", true)
	w.clock.Add(3599)
	a, err := w.Provider("A")
	if err != nil {
		t.Fatal(err)
	}
	w.clock.Add(59) // time to look for ended tokens again
	w.swept = 0
	if again, err := w.Provider("A"); again != a || err != nil {
		t.Errorf("%v: another provider", err)
	}

	// The clock is set back: tokens of the future are of no use.
	w.wants(t, "B", true)
	w.clock.Add(-7200)
	if _, err := w.Provider("A"); err != nil || len(w.entries) != 1 {
		t.Errorf("%d entries, %v", len(w.entries), err)
	}
}

// Two that make a tenant's provider at the same time get the same one.
func TestTenantsMadeTwice(t *testing.T) {
	source := CredentialsFunc(func(context.Context) (Credentials, error) { return example, nil })
	var tenants *Tenants[int]
	var inner *Provider
	calls := 0
	tenants = NewTenants(1, func(key int) (*Provider, error) {
		if calls++; calls == 1 {
			inner, _ = tenants.Provider(key)
		}
		return NewProvider(source, region)
	})
	outer, err := tenants.Provider(1)
	if err != nil || inner == nil || outer != inner || calls != 2 || len(tenants.entries) != 1 {
		t.Errorf("%p and %p, %d calls, %d entries, %v", outer, inner, calls, len(tenants.entries), err)
	}
}

func TestTenantsPanic(t *testing.T) {
	newProvider := func(string) (*Provider, error) { return nil, nil }
	for _, make := range []func(){
		func() { NewTenants(0, newProvider) },
		func() { NewTenants(-1, newProvider) },
		func() { NewTenants[string](1, nil) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			make()
		}()
	}
}

// One provider for each tenant, however many ask at the same time.
func TestTenantsOfManyGoroutines(t *testing.T) {
	w := newTown(100)
	var wait sync.WaitGroup
	for range 16 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for i := range 2000 {
				name := fmt.Sprint("T", i%100)
				p, err := w.Provider(name)
				if err != nil {
					t.Error(err)
					return
				}
				token, err := p.Token(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				if info, err := Inspect(token); err != nil || info.AccessKeyID != name {
					t.Errorf("%s got %+v, %v", name, info, err)
				}
			}
		}()
	}
	wait.Wait()
	if calls := w.calls.Load(); calls != 100 {
		t.Errorf("%d calls for 100 tenants", calls)
	}
	for i := range 1000 {
		if _, err := w.Provider(fmt.Sprint("OTHER", i)); err != nil {
			t.Fatal(err)
		}
	}
	if len(w.entries) != 100 || w.byUse.Len() != 100 {
		t.Errorf("%d entries, %d in the list; want 100", len(w.entries), w.byUse.Len())
	}
}
