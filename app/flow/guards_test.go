package flow

import (
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

var tryGuards = flag.Bool("guards", false, "take each guard of the flow away, and see the model test fail")

// guards are lines that each prevent something, with what replaces them when they are
// removed.
var guards = []struct{ what, file, guard, without string }{
	{"the end of work that is over is not heard", "work.go",
		"if w.flow.state.Work.number == w.number {", "if true {"},
	{"a question gives way to work", "work.go",
		"f.endQuestion()\n\tf.state.Work, f.stop", "f.state.Work, f.stop"},
	{"the page follows the session", "event.go",
		"case !s.Started || s.Busy():", "case true:"},
	{"a press on a notice that has gone does nothing", "wish.go",
		"if n.Number != number || !f.state.MayFollow() {", "if !f.state.MayFollow() {"},
	{"what is confirmed is what was read", "wish.go",
		"if !q.Open() || q.Version != version {", "if !q.Open() {"},
	{"one thing at a time", "wish.go",
		"case f.state.Phase != Ready || f.state.Engaged():", "case f.state.Phase != Ready:"},
	{"a history is its account's", "history.go",
		"if f.state.SignedIn() && f.deps.Session.Subject() == subject {", "if true {"},
	{"a copy is kept while its account is signed in", "profile.go",
		"_ = d.Session.While(w.ctx, u.ID, func(ctx context.Context) error { return d.Copies.Keep(ctx, u) })",
		"_ = d.Copies.Keep(w.ctx, u)"},
	{"who links has proven who they are", "link.go",
		"case !f.fresh(consideration):", "case false:"},
	{"who can link with nobody begins no second login", "link.go",
		"if f.refusal() == nil {", "if true {"},
	{"who unlinks has proven who they are", "unlink.go",
		"case !f.fresh(0):", "case false:"},
	{"signing out takes everything along", "work.go",
		"f.state = State{Phase: SignedOut, Started: f.state.Started, Offline: f.state.Offline}", "f.state.Phase = SignedOut"},
	{"where nothing can be shown there is a way on", "state.go",
		"return s.Notice.Kind != NoNotice && s.Phase != Unavailable", "return s.Notice.Kind != NoNotice"},
}

// TestGuards removes one guard after the other, and expects the model test to fail.
func TestGuards(t *testing.T) {
	if !*tryGuards {
		t.Skip("make test-guards runs it")
	}
	for _, g := range guards {
		t.Run(g.what, func(t *testing.T) {
			out, err := modelWith(t, g.file, g.guard, g.without)
			if err == nil {
				t.Fatal("the model test does not notice")
			}
			if !strings.Contains(out, "--- FAIL: TestModel") {
				t.Fatalf("it does not come to the model test: %v\n%s", err, out)
			}
		})
	}
}

// modelWith runs the model test over a file in which one piece is replaced.
func modelWith(t *testing.T, file, piece, replacement string) (string, error) {
	t.Helper()
	path, err := filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(source), piece); n != 1 {
		t.Fatalf("%s has the guard %d times", file, n)
	}
	dir := t.TempDir()
	mutant, overlay := filepath.Join(dir, "mutant.go"), filepath.Join(dir, "overlay.json")
	list, err := json.Marshal(map[string]map[string]string{"Replace": {path: mutant}})
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		mutant:  []byte(strings.Replace(string(source), piece, replacement, 1)),
		overlay: list,
	} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.Command(
		"go", "test", "-vet=off", "-overlay="+overlay, "-run=^TestModel$", "-count=1", ".", "-model.steps=20000000",
	).CombinedOutput()
	return string(out), err
}
