//go:build cgo

package bedrocktoken

import (
	"container/list"
	"sync"
	"time"
)

// Tenants keeps a [Provider] for each of many tenants, up to a limit. Its key tells them apart: a
// tenant's name, or a struct that has the region or the service too.
//
// It forgets a tenant whose token has ended without anybody asking for another, and, at the limit,
// the tenant that nobody has asked for longest.
type Tenants[Key comparable] struct {
	limit       int
	newProvider func(Key) (*Provider, error)
	now         func() time.Time

	mu      sync.Mutex
	entries map[Key]*list.Element // of *tenant[Key]
	byUse   list.List             // the one that was asked for last is in front
	swept   int64                 // when those with ended tokens were forgotten, in Unix seconds
}

type tenant[Key comparable] struct {
	key      Key
	provider *Provider
	asked    int64 // when it was asked for last
}

// lately tells whether something happened in the last minute. The clock may have been set back.
func lately(now time.Time, then int64) bool {
	since := now.Unix() - then
	return 0 <= since && since < 60
}

// NewTenants makes a store for so many tenants. newProvider makes the provider of a tenant that is
// not in it. Several goroutines may call newProvider at the same time. If that is for the same tenant,
// they all get one of the providers. NewTenants panics if limit is not positive, or newProvider nil.
func NewTenants[Key comparable](limit int, newProvider func(Key) (*Provider, error)) *Tenants[Key] {
	if limit < 1 || newProvider == nil {
		panic("bedrocktoken: NewTenants needs a positive limit and a function")
	}
	return &Tenants[Key]{limit: limit, newProvider: newProvider, now: time.Now, entries: map[Key]*list.Element{}}
}

// Provider returns the tenant's provider. Do not keep it: ask again when you need the next token,
// since the store forgets a tenant that nobody asks for. The error is newProvider's.
func (t *Tenants[Key]) Provider(key Key) (*Provider, error) {
	if p := t.known(key); p != nil {
		return p, nil
	}
	p, err := t.newProvider(key)
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if element, ok := t.entries[key]; ok {
		return element.Value.(*tenant[Key]).provider, nil
	}
	t.entries[key] = t.byUse.PushFront(&tenant[Key]{key, p, t.now().Unix()})
	if len(t.entries) > t.limit {
		t.forget(t.byUse.Back())
	}
	return p, nil
}

func (t *Tenants[Key]) known(key Key) *Provider {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	if !lately(now, t.swept) {
		t.sweep(now)
	}
	element, ok := t.entries[key]
	if !ok {
		return nil
	}
	t.byUse.MoveToFront(element)
	tenant := element.Value.(*tenant[Key])
	tenant.asked = now.Unix()
	return tenant.provider
}

// Forget drops a tenant, for example because its access was taken away. Its provider goes on to work
// for those that have it.
func (t *Tenants[Key]) Forget(key Key) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if element, ok := t.entries[key]; ok {
		t.forget(element)
	}
}

func (t *Tenants[Key]) sweep(now time.Time) {
	t.swept = now.Unix()
	for element, next := t.byUse.Front(), (*list.Element)(nil); element != nil; element = next {
		next = element.Next()
		tenant := element.Value.(*tenant[Key])
		if kept := tenant.provider.kept.Load(); kept != nil && !kept.holds(now.UnixMilli()) && !lately(now, tenant.asked) {
			t.forget(element)
		}
	}
}

func (t *Tenants[Key]) forget(element *list.Element) {
	delete(t.entries, t.byUse.Remove(element).(*tenant[Key]).key)
}
