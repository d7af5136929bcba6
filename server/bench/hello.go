package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"twinlock/wasm/bundle"
	"twinlock/web/asset"
)

// hello is go-app's hello world, as its users build it.
type hello struct {
	program bundle.File
	site    pages
}

// mounted is true once go-app shows the program's page: it removes its loader then.
const mounted = `document.readyState !== "loading" && !document.getElementById("app-wasm-loader")`

// buildHello builds the program, and the site around it with go-app's own handler. It
// compresses all files as Twinlock's are, which that handler does not do.
func buildHello(ctx context.Context) (hello, error) {
	m, err := bundle.BuildHello(ctx, ".")
	if err != nil {
		return hello{}, fmt.Errorf("build hello world: %w", err)
	}
	h := hello{m.Program, pages{}}
	for url, f := range map[string]bundle.File{"/web/app.wasm": m.Program, "/wasm_exec.js": m.Exec} {
		small, err := os.ReadFile(filepath.Join(bundle.Hello(".").Out, f.Name+asset.Brotli.Extension()))
		if err != nil {
			return hello{}, err
		}
		h.site[url] = newFile(path.Ext(url), revalidate, small)
	}
	icon := app.Icon{Default: "/i.svg", Large: "/i.svg", SVG: "/i.svg", Maskable: "/i.svg"}
	handler := &app.Handler{Name: "Hello", Version: "1", Icon: icon, Resources: app.RemoteBucket("")}
	app.Route("/", func() app.Composer { return &greeting{} })
	for _, url := range []string{"/", "/app.js", "/app.css", "/app-worker.js", "/manifest.webmanifest"} {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, url, nil))
		// Without pictures from go-app's repository, which are not to be measured.
		body := bytes.ReplaceAll(w.Body.Bytes(), []byte("https://raw.githubusercontent.com"), nil)
		if err := h.site.add(url, revalidate, body); err != nil {
			return hello{}, err
		}
	}
	return h, h.site.add("/i.svg", revalidate, []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`))
}

// greeting is the program's page, which the handler draws in advance.
type greeting struct{ app.Compo }

// Render draws the page.
func (*greeting) Render() app.UI { return app.H1().Text("Hello World!") }

// hello starts the hello world.
func (f *fronts) hello(h hello) (contender, error) {
	l, err := f.listen()
	if err != nil {
		return contender{}, err
	}
	f.serve(l, h.site)
	return contender{
		name:   helloWorld,
		url:    "http://" + l.Addr().String() + "/",
		usable: mounted,
		ready:  mounted,
	}, nil
}
