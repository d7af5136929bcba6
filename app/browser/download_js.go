//go:build js

package browser

import "time"

func download(name, mime string, data []byte) error {
	return try(func() {
		blob := global("Blob").New([]any{arrayOf(data)}, map[string]any{"type": mime})
		address := global("URL").Call("createObjectURL", blob)
		link := global("document").Call("createElement", "a")
		link.Set("href", address)
		link.Set("download", name)
		link.Call("click")
		// Not at once: a browser may still be asking where to save it.
		time.AfterFunc(time.Minute, func() { _, _ = tryCall(global("URL"), "revokeObjectURL", address) })
	})
}
