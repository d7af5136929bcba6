package ui

import (
	"context"

	"twinlock/app/browser"
	"twinlock/app/flow"
	"twinlock/app/linking"
	"twinlock/app/management"
	"twinlock/app/text"
	"twinlock/app/words"
)

// site is the [flow.Site].
type site struct{ browser.Scope }

// Sweep removes what was stored for another tenant, or too long ago. Errors are ignored:
// nothing reads what is left.
func (s site) Sweep(ctx context.Context) {
	_ = s.Scope.Sweep(ctx)
	go s.Exclusive(ctx, flow.CeremonyMutex, func() error { return linking.ExpireJournal(ctx, s.Vault()) })
}

// window is the [flow.Window].
type window struct{}

func (window) Online() bool                             { return browser.Online() }
func (window) Leave(url string)                         { browser.Assign(url) }
func (window) Save(name, mediaType string, data []byte) { browser.Download(name, mediaType, data) }

// names is the [flow.Words].
type names struct {
	say         *text.Messages
	connections connections
}

func (n names) Account(a linking.Account) string { return accountLabel(a) }

func (n names) Identity(i management.Identity) string { return identityLabel(n.say, i) }

func (n names) Pair(p linking.Plan) (first, second string) { return n.connections.pairLabels(p) }

func (n names) Failure(err error) string {
	return words.Plain(sentenceOf(n.say, err, !browser.Online()))
}
