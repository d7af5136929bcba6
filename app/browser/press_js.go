//go:build js

package browser

import (
	"sync"
	"syscall/js"
	"time"
)

// WatchPresses has the page take a press for what it is meant as. It is asked for
// by whoever opens something over the page, once or more often.
//
//   - A key that is held down presses a button once.
//   - The second press of a double click presses nothing, whatever lies under the
//     pointer by then.
//   - A press that went down elsewhere, or on a button that was disabled, presses
//     nothing where it comes up.
//
// A click that no pointer and no key has made, as assistive technology does,
// counts. It may be an event of any kind, which says nothing of itself.
func WatchPresses() { watchPresses() }

var watchPresses = sync.OnceFunc(func() {
	p := &presses{down: js.Null()}
	for event, hear := range map[string]func(js.Value){"keydown": p.keyDown, "pointerdown": p.pointerDown, "pointerup": p.pointerUp, "click": p.click} {
		// At the window, before anything else hears of it.
		js.Global().Call("addEventListener", event, js.FuncOf(func(_ js.Value, args []js.Value) any {
			hear(args[0])
			return nil
		}), true)
	}
})

// presses is what is known of the press that is under way.
type presses struct {
	down js.Value // what the pointer went down on, null where that cannot be pressed
	up   float64  // when the pointer came up, in the time of events; 0 if it has not
}

// clickDelay is how long after a pointer has come up, in milliseconds, a click may
// be its doing.
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

// pressable is what an event's press would act on: a button, or a dialog's backdrop,
// whose target is the dialog itself. Null where it is neither.
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

// AfterDrawing calls f once what was just changed on the page has been in sight for
// so long. A page in the background draws nothing until it is in sight.
func AfterDrawing(wait time.Duration, f func()) {
	// The first frame is the one that shows it.
	nextFrame(func() { nextFrame(func() { time.AfterFunc(wait, f) }) })
}

func nextFrame(f func()) {
	var called js.Func
	called = js.FuncOf(func(js.Value, []js.Value) any {
		called.Release()
		f()
		return nil
	})
	js.Global().Call("requestAnimationFrame", called)
}
