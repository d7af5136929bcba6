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
	abort := js.Global().Get("AbortController").New()
	header := js.Global().Get("Object").New()
	for name, value := range r.Header {
		header.Set(name, value)
	}
	init := map[string]any{
		"method":         r.Method,
		"headers":        header,
		"credentials":    "omit",
		"cache":          "no-store",
		"redirect":       "error",
		"referrerPolicy": "no-referrer",
		"signal":         abort.Get("signal"),
	}
	if len(r.Body) > 0 {
		init["body"] = arrayOf(r.Body)
	}
	promise, err := tryCall(js.Global(), "fetch", r.URL, init)
	if err != nil {
		return nil, fmt.Errorf("request: %w", err)
	}
	resp, err := await(ctx, promise)
	if err == nil {
		var answer *platform.Response
		if answer, err = readAll(ctx, resp, r.Limit()); err == nil {
			return answer, nil
		}
	}
	abort.Call("abort")
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if errors.Is(err, platform.ErrTooLarge) {
		return nil, err
	}
	return nil, fmt.Errorf("%w: %v", platform.ErrNetwork, err)
}

func readAll(ctx context.Context, resp js.Value, limit int) (*platform.Response, error) {
	answer := &platform.Response{Status: resp.Get("status").Int(), Header: headerOf(resp)}
	stream := resp.Get("body")
	if !stream.Truthy() {
		return answer, nil
	}
	reader := stream.Call("getReader")
	for {
		chunk, err := await(ctx, reader.Call("read"))
		if err != nil {
			return nil, err
		}
		if chunk.Get("done").Bool() {
			return answer, nil
		}
		answer.Body = append(answer.Body, bytesOf(chunk.Get("value"))...)
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
	resp.Get("headers").Call("forEach", each)
	return header
}
