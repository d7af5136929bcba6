package script

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/dop251/goja"
)

// machine returns a new runtime with what the recipes use of Node's globals.
// https://nodejs.org/api/globals.html
func (s *Script) machine() *goja.Runtime {
	vm := goja.New()
	vm.Set("exports", vm.NewObject())
	console := vm.NewObject()
	console.Set("log", s.print)
	vm.Set("console", console)
	signal := vm.NewObject()
	signal.Set("timeout", func(milliseconds int64) int64 { return milliseconds })
	vm.Set("AbortSignal", signal)
	vm.Set("fetch", func(url string, options *goja.Object) *goja.Promise { return fetch(vm, url, options) })
	return vm
}

func (s *Script) print(call goja.FunctionCall) goja.Value {
	var words []string
	for _, argument := range call.Arguments {
		words = append(words, argument.String())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = append(s.log, strings.Join(words, " "))
	return goja.Undefined()
}

// cacheObject is api.cache. Nothing in it ends.
// https://auth0.com/docs/customize/actions/reference/post-login/post-login-api-object
func (s *Script) cacheObject(vm *goja.Runtime) *goja.Object {
	object := vm.NewObject()
	object.Set("get", func(key string) goja.Value {
		s.mu.Lock()
		defer s.mu.Unlock()
		value, ok := s.cache[key]
		if !ok {
			return goja.Undefined()
		}
		record := vm.NewObject()
		record.Set("value", value)
		return record
	})
	object.Set("set", func(key, value string) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.cache[key] = value
	})
	object.Set("delete", func(key string) {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.cache, key)
	})
	return object
}

// fetch has the answer before it returns, so that no handler ever waits.
// https://fetch.spec.whatwg.org/#fetch-method
func fetch(vm *goja.Runtime, url string, options *goja.Object) *goja.Promise {
	promise, resolve, reject := vm.NewPromise()
	answer, body, err := send(url, options)
	if err != nil {
		reject(vm.NewGoError(err))
		return promise
	}
	response := vm.NewObject()
	response.Set("status", answer.StatusCode)
	response.Set("ok", answer.StatusCode >= 200 && answer.StatusCode < 300)
	response.Set("json", func() *goja.Promise {
		read, resolve, reject := vm.NewPromise()
		if value, err := parse(vm, body); err != nil {
			reject(vm.NewGoError(err))
		} else {
			resolve(value)
		}
		return read
	})
	resolve(response)
	return promise
}

// send sends the request of fetch's options: method, headers, body and signal.
func send(url string, options *goja.Object) (answer *http.Response, body string, err error) {
	method, content, ctx := http.MethodGet, "", context.Background()
	header := http.Header{}
	if options != nil {
		for _, name := range options.Keys() {
			value := options.Get(name)
			switch name {
			case "method":
				method = value.String()
			case "body":
				content = value.String()
			case "signal":
				timed, cancel := context.WithTimeout(ctx, time.Duration(value.ToInteger())*time.Millisecond)
				defer cancel()
				ctx = timed
			case "headers":
				for field, text := range value.Export().(map[string]any) {
					header.Set(field, fmt.Sprint(text))
				}
			default:
				return nil, "", fmt.Errorf("fetch: the option %s is not known here", name)
			}
		}
	}
	r, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(content))
	if err != nil {
		return nil, "", err
	}
	r.Header = header
	if answer, err = http.DefaultClient.Do(r); err != nil {
		return nil, "", err
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	return answer, string(data), err
}
