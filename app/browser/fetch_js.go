//go:build js

package browser

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall/js"

	"twinlock/app/platform"
)

func fetch(ctx context.Context, r platform.Request) (*platform.Response, error) {
	var abort js.Value
	_ = try(func() { abort = global("AbortController").New() }) // without it the answer comes in vain
	header := make(map[string]any, len(r.Header))
	for name, value := range r.Header {
		header[name] = value
	}
	init := map[string]any{
		"method":         r.Method,
		"headers":        header,
		"credentials":    "omit",
		"cache":          "no-store",
		"redirect":       "error",
		"referrerPolicy": "no-referrer",
		"signal":         get(abort, "signal"),
	}
	if len(r.Body) > 0 {
		init["body"] = arrayOf(r.Body)
	}
	resp, err := answerOf(ctx, r, init)
	if err == nil {
		var answer *platform.Response
		if answer, err = readAll(ctx, resp, r.Limit()); err == nil {
			return answer, nil
		}
	}
	_, _ = tryCall(abort, "abort")
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if errors.Is(err, platform.ErrTooLarge) {
		return nil, err
	}
	return nil, fmt.Errorf("%w: %v", platform.ErrNetwork, err)
}

// answerOf sends a request, unless the boot script has sent it before the program was there: then
// it returns the answer to that one, once.
func answerOf(ctx context.Context, r platform.Request, init map[string]any) (js.Value, error) {
	early := get(global("twinlockEarly"), r.URL)
	if r.Method != "GET" || !early.Truthy() {
		return awaitCall(ctx, js.Global(), "fetch", r.URL, init)
	}
	_, _ = tryCall(global("Reflect"), "deleteProperty", global("twinlockEarly"), r.URL)
	if textOf(get(early, "authorization")) != r.Header["Authorization"] { // with another token
		return awaitCall(ctx, js.Global(), "fetch", r.URL, init)
	}
	return await(ctx, get(early, "answer"))
}

func readAll(ctx context.Context, resp js.Value, limit int) (*platform.Response, error) {
	answer := &platform.Response{Status: int(numberOf(get(resp, "status"))), Header: headerOf(resp)}
	stream := get(resp, "body")
	if !stream.Truthy() {
		return answer, nil
	}
	reader, err := tryCall(stream, "getReader")
	if err != nil {
		return nil, err
	}
	for {
		chunk, err := awaitCall(ctx, reader, "read")
		if err != nil {
			return nil, err
		}
		if get(chunk, "done").Truthy() {
			return answer, nil
		}
		answer.Body = append(answer.Body, bytesOf(get(chunk, "value"))...)
		if len(answer.Body) > limit {
			return nil, platform.ErrTooLarge
		}
	}
}

func headerOf(resp js.Value) map[string]string {
	header := make(map[string]string)
	each := js.FuncOf(func(_ js.Value, args []js.Value) any {
		header[strings.ToLower(args[1].String())] = args[0].String()
		return nil
	})
	defer each.Release()
	_, _ = tryCall(get(resp, "headers"), "forEach", each)
	return header
}
