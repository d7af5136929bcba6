//go:build js

package browser

import (
	"syscall/js"

	"twinlock/app/platform"
)

type channel struct {
	object js.Value
	on     js.Func
}

func openChannel(name string, receive func(platform.Message)) platform.Channel {
	var c channel
	if try(func() { c.object = global("BroadcastChannel").New(name) }) != nil {
		return silent{}
	}
	c.on = handler(func(event js.Value) any {
		if m, ok := messageOf(get(event, "data")); ok {
			go receive(m)
		}
		return nil
	})
	_ = try(func() { c.object.Set("onmessage", c.on) })
	return c
}

func messageOf(data js.Value) (platform.Message, bool) {
	if get(data, "kind").Type() != js.TypeString {
		return platform.Message{}, false
	}
	text := func(name string) string { return textOf(get(data, name)) }
	return platform.Message{Kind: text("kind"), State: text("state"), Data: text("data")}, true
}

func (c channel) Post(m platform.Message) {
	_, _ = tryCall(c.object, "postMessage", map[string]any{"kind": m.Kind, "state": m.State, "data": m.Data})
}

func (c channel) Close() {
	_, _ = tryCall(c.object, "close")
	c.on.Release()
}

// silent is the channel of a browser that has none: tabs then learn of changes when they
// next look for them.
type silent struct{}

func (silent) Post(platform.Message) {}
func (silent) Close()                {}
