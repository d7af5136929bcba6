//go:build js

package browser

import (
	"sync"
	"syscall/js"
)

var watchPresses = sync.OnceFunc(func() {
	p := &presses{down: js.Null()}
	for event, handle := range map[string]func(js.Value){
		"keydown":     p.keyDown,
		"pointerdown": p.pointerDown,
		"pointerup":   p.pointerUp,
		"click":       p.click,
	} {
		// Captured at the window, before any other listener.
		_, _ = tryCall(js.Global(), "addEventListener", event, handler(func(e js.Value) any {
			handle(e)
			return nil
		}), true)
	}
})

// presses is what is known of the current press.
type presses struct {
	// down is what the pointer went down on; null where that cannot be pressed.
	down js.Value
	// up is the event time, in milliseconds, at which the pointer came up; 0 if it has not.
	up float64
}

// clickDelay is how long after a pointer came up, in milliseconds, a click is taken for
// the pointer's.
const clickDelay = 1000

func (p *presses) keyDown(e js.Value) {
	if key := e.Get("key").String(); e.Get("repeat").Truthy() && (key == "Enter" || key == " ") && button(e).Truthy() {
		e.Call("preventDefault")
	}
}

func (p *presses) pointerDown(e js.Value) {
	p.down, p.up = pressable(e), 0
	if p.down.Truthy() && (p.down.Get("disabled").Truthy() || p.down.Get("classList").Call("contains", "deaf").Bool()) {
		p.down = js.Null()
	}
}

func (p *presses) pointerUp(e js.Value) { p.up = e.Get("timeStamp").Float() }

func (p *presses) click(e js.Value) {
	down, byPointer := p.down, p.up > 0 && e.Get("timeStamp").Float()-p.up < clickDelay
	p.down, p.up = js.Null(), 0
	pressed := pressable(e)
	if !pressed.Truthy() {
		return
	}
	detail := e.Get("detail")
	if again := detail.Type() == js.TypeNumber && detail.Int() > 1; again || byPointer && !pressed.Equal(down) {
		e.Call("preventDefault")
		e.Call("stopImmediatePropagation")
	}
}

// pressable returns what a press would act on: a button, or a dialog's backdrop, whose
// target is the dialog itself. It is null where it is neither.
func pressable(e js.Value) js.Value {
	if b := button(e); b.Truthy() {
		return b
	}
	if target := e.Get("target"); target.Get("tagName").String() == "DIALOG" {
		return target
	}
	return js.Null()
}

func button(e js.Value) js.Value {
	target := e.Get("target")
	if target.Get("closest").Type() != js.TypeFunction { // the document itself
		return js.Null()
	}
	return target.Call("closest", "button")
}

// nextFrame calls f before the next frame is drawn.
func nextFrame(f func()) {
	var called js.Func
	called = js.FuncOf(func(js.Value, []js.Value) any {
		called.Release()
		f()
		return nil
	})
	if _, err := tryCall(js.Global(), "requestAnimationFrame", called); err != nil {
		called.Release()
		f()
	}
}
