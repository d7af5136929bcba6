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
	constructor := js.Global().Get("BroadcastChannel")
	if !constructor.Truthy() {
		return silent{}
	}
	c := channel{object: constructor.New(name)}
	c.on = js.FuncOf(func(_ js.Value, args []js.Value) any {
		if m, ok := messageOf(args[0].Get("data")); ok {
			go receive(m)
		}
		return nil
	})
	c.object.Set("onmessage", c.on)
	return c
}

func messageOf(data js.Value) (platform.Message, bool) {
	if data.Type() != js.TypeObject || data.Get("kind").Type() != js.TypeString {
		return platform.Message{}, false
	}
	text := func(name string) string {
		if v := data.Get(name); v.Type() == js.TypeString {
			return v.String()
		}
		return ""
	}
	return platform.Message{Kind: text("kind"), State: text("state"), Data: text("data")}, true
}

func (c channel) Post(m platform.Message) {
	c.object.Call("postMessage", map[string]any{"kind": m.Kind, "state": m.State, "data": m.Data})
}

func (c channel) Close() {
	c.object.Call("close")
	c.on.Release()
}

// silent is the channel of a browser that has none: tabs then learn of changes when they
// next look for them.
type silent struct{}

func (silent) Post(platform.Message) {}
func (silent) Close()                {}
