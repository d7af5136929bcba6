// Command hello is go-app's hello world, as its documentation has it, for the
// benchmarks to compare with: as WebAssembly the program, natively the server of
// its page.
package main

import "github.com/maxence-charriere/go-app/v10/pkg/app"

type hello struct{ app.Compo }

// Render draws the page.
func (h *hello) Render() app.UI { return app.H1().Text("Hello World!") }

// OnMount leaves the mark that the benchmarks wait for.
func (h *hello) OnMount(app.Context) {
	app.Window().Get("document").Get("documentElement").Call("setAttribute", "data-ready", "true")
}

func main() {
	app.Route("/", func() app.Composer { return &hello{} })
	app.RunWhenOnBrowser()
	serve()
}
