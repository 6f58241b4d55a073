//go:build !cgo || bedrock_token_wasm

package bedrocktoken

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/binary"
	"runtime"
	"sync"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// The library as a WebAssembly module, which imports nothing. A released version carries it; in the
// repository, tools/wasm.sh builds it.
//
//go:embed bedrock_token.wasm
var moduleBytes []byte

// engine compiles the module once in a process.
var engine = sync.OnceValue(func() engineState {
	ctx := context.Background()
	runtime := wazero.NewRuntime(ctx)
	compiled, err := runtime.CompileModule(ctx, moduleBytes)
	if err != nil {
		panic("bedrocktoken: " + err.Error()) // the file is not the module
	}
	return engineState{runtime, compiled}
})

type engineState struct {
	runtime  wazero.Runtime
	compiled wazero.CompiledModule
}

// instance is the module with memory of its own. One goroutine at a time uses it. Between two calls
// its memory has nothing of a secret.
type instance struct {
	module                                                  api.Module
	memory                                                  api.Memory
	alloc, free, generate, inspect, schedule, retry, status api.Function
	stack                                                   [10]uint64 // arguments, then the result
}

// instances has one place for each processor. It is empty while a goroutine uses its instance, and has
// nil before the first use.
var instances = func() chan *instance {
	places := make(chan *instance, runtime.GOMAXPROCS(0))
	for range cap(places) {
		places <- nil
	}
	return places
}()

func take() (*instance, error) {
	if i := <-instances; i != nil {
		return i, nil
	}
	e := engine()
	// Without a name, there can be many.
	module, err := e.runtime.InstantiateModule(context.Background(), e.compiled, wazero.NewModuleConfig().WithName(""))
	if err != nil {
		instances <- nil
		return nil, ErrOutOfMemory
	}
	function := module.ExportedFunction
	return &instance{
		module:   module,
		memory:   module.Memory(),
		alloc:    function("bedrock_token_wasm_alloc"),
		free:     function("bedrock_token_wasm_free"),
		generate: function("bedrock_token_generate_into"),
		inspect:  function("bedrock_token_inspect"),
		schedule: function("bedrock_token_schedule"),
		retry:    function("bedrock_token_retry_at"),
		status:   function("bedrock_token_status_message"),
	}, nil
}

// call calls a function of the module. A trap, which is a defect, ends the instance: its memory is
// wiped, and another one takes its place.
func (i *instance) call(function api.Function, arguments ...uint64) (uint64, error) {
	copy(i.stack[:], arguments)
	if err := function.CallWithStack(context.Background(), i.stack[:]); err != nil {
		clear(i.view(0, i.memory.Size()))
		i.module.Close(context.Background())
		instances <- nil
		return 0, ErrInternal
	}
	return i.stack[0], nil
}

// view is the memory itself, until the next call, which may make it grow.
func (i *instance) view(at, size uint32) []byte {
	view, ok := i.memory.Read(at, size)
	if !ok {
		panic("bedrocktoken: the module has no such memory")
	}
	return view
}

// room calls body with the address of so much memory, which is wiped afterwards. body returns a status
// and may read the result of a success.
func room(size int, body func(i *instance, at uint32) (uint64, error)) error {
	i, err := take()
	if err != nil {
		return err
	}
	at, err := i.call(i.alloc, uint64(size))
	if err != nil {
		return err
	}
	if at == 0 {
		instances <- i
		return ErrOutOfMemory
	}
	status, err := body(i, uint32(at))
	if err != nil {
		return err
	}
	if _, err := i.call(i.free, at, uint64(size)); err != nil {
		return err
	}
	instances <- i
	if status != 0 {
		return Error(int32(status))
	}
	return nil
}

// Longer strings are cut, so that they take little room. The module refuses them in any case.
const (
	argumentMax = 1<<16 + 1 // one byte more than the longest session token
	tokenMax    = 1 << 19   // more than the longest token
)

func generateInto(service Service, c Credentials, region string, expires uint32, at int64) (token string, err error) {
	texts := [...]string{c.AccessKeyID, c.SecretAccessKey, c.SessionToken, region}
	size := 8 // for the length of the token
	for n, s := range texts {
		texts[n] = s[:min(len(s), argumentMax)]
		size += len(texts[n]) + 1
	}
	// Each byte of a session token can become "%XX", and that is in Base64. All else is in 1 KiB.
	capacity := 1024 + 4*len(texts[2])
	err = room(size+capacity, func(i *instance, address uint32) (uint64, error) {
		view := i.view(address, uint32(size))
		var pointers [4]uint64
		rest := view[8:]
		for n, s := range texts {
			pointers[n] = uint64(address) + uint64(size-len(rest))
			rest = put(rest, s)
		}
		status, err := i.call(i.generate, uint64(uint32(service)), pointers[0], pointers[1], pointers[2], pointers[3],
			uint64(expires), uint64(at), uint64(address)+uint64(size), uint64(capacity), uint64(address))
		if err == nil && status == 0 {
			length := binary.LittleEndian.Uint32(i.view(address, 4))
			token = string(i.view(address+uint32(size), length))
		}
		return status, err
	})
	return token, err
}

func inspect(token string) (info Info, err error) {
	const size = 224 // of bedrock_token_info
	token = token[:min(len(token), tokenMax)]
	err = room(size+len(token)+1, func(i *instance, address uint32) (uint64, error) {
		put(i.view(address+size, uint32(len(token)+1)), token)
		status, err := i.call(i.inspect, uint64(address+size), uint64(address), size)
		if err == nil && status == 0 {
			view := i.view(address, size)
			unix := func(at int) time.Time { return time.Unix(int64(binary.LittleEndian.Uint64(view[at:])), 0).UTC() }
			info = Info{
				AccessKeyID: untilNUL(view),
				Region:      untilNUL(view[129:]),
				IssuedAt:    unix(200),
				ExpiresAt:   unix(208),
				HasSession:  view[216] != 0,
				Service:     Service(view[220]),
			}
		}
		return status, err
	})
	return info, err
}

func schedule(issued int64, expires time.Duration, ends int64) (t times, err error) {
	const size = 32 // of bedrock_token_times
	err = room(size, func(i *instance, address uint32) (uint64, error) {
		status, err := i.call(i.schedule, uint64(issued), uint64(seconds(expires)), uint64(ends), uint64(address), size)
		if err == nil && status == 0 {
			view := i.view(address, size)
			millis := func(at int) int64 { return int64(binary.LittleEndian.Uint64(view[at:])) * 1000 }
			t = times{millis(0), millis(8), millis(16), millis(24)}
		}
		return status, err
	})
	return t, err
}

func retryAt(now, ends int64) int64 {
	i, err := take()
	if err != nil {
		return ends
	}
	seconds, err := i.call(i.retry, uint64((now+999)/1000), uint64(ends/1000))
	if err != nil {
		return ends
	}
	instances <- i
	return int64(seconds) * 1000
}

func statusMessage(status int32) string {
	i, err := take()
	if err != nil {
		return "out of memory"
	}
	at, err := i.call(i.status, uint64(uint32(status)))
	if err != nil {
		return "internal error"
	}
	message := untilNUL(i.view(uint32(at), i.memory.Size()-uint32(at)))
	instances <- i
	return message
}

func untilNUL(view []byte) string {
	return string(view[:bytes.IndexByte(view, 0)])
}
