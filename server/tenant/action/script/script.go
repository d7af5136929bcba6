// Package script runs an Action as its operator gives it to Auth0: JavaScript for Node,
// of which it has what the recipes of package setup need. A [Script] is such an Action.
// The package is for tests; no program has it.
package script

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/dop251/goja"

	"twinlock/server/tenant/action"
)

// Errors of a Script.
var (
	// ErrNoHandler is returned when the code does not export the trigger's function.
	ErrNoHandler = errors.New("the code has no such handler")
	// ErrPending is returned when a handler waits for what never comes.
	ErrPending = errors.New("the handler does not end")
	// ErrRejected is returned when a handler throws. The error says what.
	ErrRejected = errors.New("the handler throws")
)

// A Script is an Action. It may be used by several goroutines at the same time: as at
// Auth0, nothing of an execution is left for the next but what is in the cache.
type Script struct {
	program *goja.Program
	secrets map[string]string

	mu    sync.Mutex
	cache map[string]string
	log   []string
}

// Compile returns the Action of the code, which is called name in errors.
func Compile(name, code string, secrets map[string]string) (*Script, error) {
	program, err := goja.Compile(name, code, true)
	if err != nil {
		return nil, err
	}
	return &Script{program: program, secrets: secrets, cache: map[string]string{}}, nil
}

// Log returns what the code has written to the console, a line each.
func (s *Script) Log() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log)
}

// PostLogin runs onExecutePostLogin and returns the claims for the ID token.
func (s *Script) PostLogin(l action.Login) (map[string]any, error) {
	vm := s.machine()
	claims := map[string]any{}
	api := vm.NewObject()
	idToken := vm.NewObject()
	idToken.Set("setCustomClaim", func(name string, value goja.Value) { claims[name] = value.Export() })
	api.Set("idToken", idToken)
	api.Set("cache", s.cacheObject(vm))
	event := struct {
		action.Login
		Secrets map[string]string `json:"secrets"`
	}{l, s.secrets}
	return claims, s.execute(vm, "onExecutePostLogin", event, api)
}

// EventStream runs onExecuteEventStream.
func (s *Script) EventStream(e action.Event) error {
	vm := s.machine()
	api := vm.NewObject()
	api.Set("cache", s.cacheObject(vm))
	event := struct {
		Message action.Event      `json:"message"`
		Secrets map[string]string `json:"secrets"`
	}{e, s.secrets}
	return s.execute(vm, "onExecuteEventStream", event, api)
}

// execute runs the code and then its handler, and waits for the handler's promise.
func (s *Script) execute(vm *goja.Runtime, handler string, event any, api *goja.Object) error {
	if _, err := vm.RunProgram(s.program); err != nil {
		return fmt.Errorf("%w: %w", ErrRejected, err)
	}
	call, ok := goja.AssertFunction(vm.Get("exports").ToObject(vm).Get(handler))
	if !ok {
		return fmt.Errorf("%w: %s", ErrNoHandler, handler)
	}
	given, err := plain(vm, event)
	if err != nil {
		return err
	}
	result, err := call(goja.Undefined(), given, api)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrRejected, err)
	}
	promise, ok := result.Export().(*goja.Promise)
	if !ok {
		return nil
	}
	switch promise.State() {
	case goja.PromiseStateRejected:
		return fmt.Errorf("%w: %s", ErrRejected, promise.Result())
	case goja.PromiseStatePending:
		return ErrPending
	}
	return nil
}

// plain turns a value of Go into one of JavaScript, by its JSON.
func plain(vm *goja.Runtime, v any) (goja.Value, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return parse(vm, string(data))
}

func parse(vm *goja.Runtime, text string) (goja.Value, error) {
	call, _ := goja.AssertFunction(vm.Get("JSON").ToObject(vm).Get("parse"))
	return call(goja.Undefined(), vm.ToValue(text))
}
