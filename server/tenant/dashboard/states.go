package dashboard

import (
	"net/http"
	"net/url"
	"strings"

	"twinlock/server/tenant/reply"
	"twinlock/server/tenant/state"
)

const statesPath = "/_emulator/states"

// showStates shows a button for each state, to programs the list as JSON.
func (d *Dashboard) showStates(w http.ResponseWriter, r *http.Request) {
	if !strings.Contains(r.Header.Get("Accept"), "text/html") {
		reply.JSON(w, http.StatusOK, state.All())
		return
	}
	entered, _ := state.Find(r.URL.Query().Get("now")) // the zero State has no label to show
	d.Renderer.Show(w, statesPage, http.StatusOK, "", struct {
		Tenant, Now string
		States      []state.State
	}{d.Host, entered.Label, state.All()})
}

func (d *Dashboard) enterState(w http.ResponseWriter, r *http.Request) {
	s, found := state.Find(r.PathValue("name"))
	if !found {
		d.Renderer.NotFound(w, r)
		return
	}
	if err := d.States.Enter(s); err != nil {
		d.Renderer.Fail(w, "enter state "+s.Name, err)
		return
	}
	http.Redirect(w, r, statesPath+"?"+url.Values{"now": {s.Name}}.Encode(), http.StatusSeeOther)
}

func (d *Dashboard) leaveState(w http.ResponseWriter, r *http.Request) {
	if err := d.Reset(); err != nil {
		d.Renderer.Fail(w, "reset", err)
		return
	}
	http.Redirect(w, r, statesPath, http.StatusSeeOther)
}
