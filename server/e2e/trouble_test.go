package e2e

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/inspector"
	"github.com/chromedp/cdproto/log"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
)

// troubles collects what goes wrong in a browser without a page saying so:
// errors in the console, uncaught exceptions, violations of the content security
// policy, requests that fail, dialogs and crashes.
type troubles struct {
	mu       sync.Mutex
	seen     []string
	expected []string
}

// newTroubles reports at the end of the test what was not expected.
func newTroubles(t *testing.T) *troubles {
	x := &troubles{}
	t.Cleanup(func() {
		for _, text := range x.unexpected() {
			t.Errorf("browser: %s", text)
		}
	})
	return x
}

// see looks at one event of a page.
func (x *troubles) see(event any) {
	if text := troubleOf(event); text != "" {
		x.note(text)
	}
}

func (x *troubles) note(text string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.seen = append(x.seen, text)
}

// manifestCutOff is what Chromium says of a window that closes itself while the body
// of its web manifest is on the way, as a popup's callback may: it reads the nothing
// that came as a manifest. What the site sends is read by site's TestBasePath.
const manifestCutOff = "Manifest: Line: 1, column: 1, Syntax error."

func troubleOf(event any) string {
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if thrown := e.ExceptionDetails.Exception; thrown != nil {
			text += " " + thrown.Description
		}
		return "uncaught: " + text
	case *runtime.EventConsoleAPICalled:
		switch e.Type {
		case runtime.ConsoleAPICalledTypeError, runtime.ConsoleAPICalledTypeWarning, runtime.ConsoleAPICalledTypeAssert:
			return fmt.Sprintf("console.%s: %s", e.Type, words(e.Args))
		}
	case *log.EventEntryAdded:
		if strings.HasPrefix(e.Entry.Text, manifestCutOff) {
			return ""
		}
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			return fmt.Sprintf("%s %s: %s %s", e.Entry.Source, e.Entry.Level, e.Entry.Text, e.Entry.URL)
		}
	case *cdppage.EventJavascriptDialogOpening:
		return "a dialog opened: " + e.Message
	case *inspector.EventTargetCrashed:
		return "the page crashed"
	}
	return ""
}

func words(args []*runtime.RemoteObject) string {
	var said []string
	for _, a := range args {
		if a.Description != "" {
			said = append(said, a.Description)
		} else {
			said = append(said, string(a.Value))
		}
	}
	return strings.Join(said, " ")
}

// expect lets pass what has one of the texts in it.
func (x *troubles) expect(texts ...string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.expected = append(x.expected, texts...)
}

func (x *troubles) unexpected() []string {
	x.mu.Lock()
	defer x.mu.Unlock()
	var list []string
next:
	for _, text := range x.seen {
		for _, e := range x.expected {
			if strings.Contains(text, e) {
				continue next
			}
		}
		list = append(list, text)
	}
	return list
}
