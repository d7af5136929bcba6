package ui

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"twinlock/app/flow"
	"twinlock/app/oidc"
	"twinlock/app/text"
)

// The details of a failure of the settings name the setting; other details do not.
func TestDetailsNameTheSetting(t *testing.T) {
	for _, s := range setups {
		told := detailOf(fmt.Errorf("sign in: %w", s.err))
		if !strings.HasPrefix(told, "sign in: ") || !strings.Contains(told, s.look) {
			t.Errorf("%v: %s", s.err, told)
		}
	}
	for _, err := range []error{errors.New("?"), oidc.ErrAccessDenied, oidc.ErrIDToken} {
		if told := detailOf(err); told != err.Error() {
			t.Errorf("%v: %s", err, told)
		}
	}
	// Whatever sends the person to whoever runs the page because of a tenant's settings is there.
	for _, row := range failureSentences {
		switch row.key {
		case text.NoAccess, text.Algorithm, text.Scope:
			if detailOf(row.err) == row.err.Error() {
				t.Errorf("%v has no setting", row.err)
			}
		}
	}
	page := html(t, parts(t), func(s *flow.State) {
		s.Notice = flow.Notice{Kind: flow.Failed, Err: &oidc.AuthorizationError{Code: "access_denied", Description: "Service not found: x"}}
	})
	if !strings.Contains(letters(page), letters("Application Access")) {
		t.Errorf("the page names no setting: %s", letters(page))
	}
}
