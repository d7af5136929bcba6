package e2e

import (
	"testing"

	"twinlock/app/config"
	"twinlock/server/picture"
	"twinlock/server/tenant"
)

// checked returns an SVG as the settings take it from a file.
func checked(t *testing.T, svg string) picture.Picture {
	t.Helper()
	p, err := picture.Check([]byte(svg))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// The operator's pictures are shown before the program is there and after, below a base path
// and without a network. The letter stands for one that does not load. One that is opened by
// itself runs nothing, even if it had something to run. (Attack case 38.)
func TestOperatorsPictures(t *testing.T) {
	t.Parallel()
	logo := checked(t, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 20"><path fill="#3b4cc0" d="M0 0h80v20H0z"/></svg>`)
	icon := checked(t, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><circle fill="#e33" cx="5" cy="5" r="5"/></svg>`)
	hostile := picture.Picture{Path: "web/picture.hostile.svg", Type: "image/svg+xml", Body: []byte(
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><script>document.documentElement.id = "ran"</script></svg>`)}
	w := &wire{}
	s := newStage(t, setup{
		basePath: "/link", front: w.carry, around: w.carry, furnish: linkedBefore(ada, lovelace),
		brand:    config.Brand{Logo: logo.Path},
		pictures: []picture.Picture{logo, icon, hostile},
		configure: func(c *config.Config) {
			c.Connections = []config.Connection{
				{Name: tenant.Database, Icon: icon.Path}, {Name: tenant.Google, Icon: icon.Path},
				{Name: tenant.Facebook, Icon: "web/picture.missing.svg"},
			}
		},
	})
	p := s.blank()
	p.troubles.expect("status of 404", "ERR_INTERNET_DISCONNECTED", "ERR_EMPTY_RESPONSE", "ERR_FAILED", "net::ERR")
	p.visit(s.site + "/")
	p.click("#btn-login")
	const broken = `.connection[data-connection=facebook] .mark`
	shows := func(what, selector string) {
		t.Helper()
		p.wait(what, js(`((e) => e && !e.hidden && e.naturalWidth > 0 && e.checkVisibility())(document.querySelector(%s))`, selector))
	}
	letter := func(when string) {
		t.Helper()
		p.wait("the letter is seen "+when, js(`document.querySelector(%s)?.hidden && document.querySelector(%s).innerText === "F"`, broken+" img", broken))
	}
	shows("the logo is shown", ".brand-logo")
	shows("the icon is in the lock", `.connection[data-connection=google-oauth2] .mark img`)
	letter("in the lock")
	p.started()
	shows("the icon is in the program's lock", `.connection[data-connection=google-oauth2] .mark img`)
	letter("in the program's lock")
	p.login(ada)
	p.linked(lovelace)
	shows("the icon is in the row", `#linked-accounts-list .mark img`)
	p.startLink(byron)
	p.appear("#btn-confirm")
	shows("the icon is in the question", `#confirm .mark img`)
	p.click("#btn-cancel")

	t.Log("without a network")
	p.kept()
	p.cutOff(w, true)
	p.visit(s.site + "/")
	p.started()
	p.linked(lovelace)
	shows("the logo is kept", ".brand-logo")
	shows("the icon is kept", `#linked-accounts-list .mark img`)
	p.cutOff(w, false)

	t.Log("opened by itself")
	p.troubles.expect("Blocked script execution", "Content Security Policy", "sandbox")
	p.visit(s.site + "/" + hostile.Path)
	p.wait("the picture is there", `document.readyState === "complete" && document.documentElement.tagName === "svg"`)
	if evaluate[string](p, `document.documentElement.id`) != "" {
		t.Error("its script has run")
	}
}
