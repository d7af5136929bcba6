package ui

import (
	"context"
	"time"

	"twinlock/app/browser"
	"twinlock/app/flow"
	"twinlock/app/linking"
	"twinlock/app/management"
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

// questionMutex is what a tab holds as long as a question about a link is open in it. The
// browser takes it from a page that has gone.
const questionMutex = "question"

func (s site) HoldQuestion() (release func()) {
	ctx, cancel := context.WithCancel(context.Background())
	go s.Exclusive(ctx, questionMutex, func() error {
		<-ctx.Done()
		return nil
	})
	return cancel
}

// QuestionHeld asks for the mutex, and does not wait for it.
func (s site) QuestionHeld() bool {
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	return s.Exclusive(ctx, questionMutex, func() error { return nil }) != nil
}

// window is the [flow.Window].
type window struct{}

func (window) Online() bool     { return browser.Online() }
func (window) Leave(url string) { browser.Assign(url) }

func (window) Save(name, mediaType string, data []byte) error {
	return browser.Download(name, mediaType, data)
}

// names is the [flow.Words], too.

func (n names) Account(a, profile linking.Account) string { return n.accountLabel(&a, &profile) }

func (n names) Identity(i management.Identity, profile linking.Account) string {
	return n.identityLabel(&i, &profile)
}

func (n names) Pair(p linking.Plan) (first, second string) { return n.pairLabels(&p) }

func (n names) Failure(err error, profile linking.Account) string {
	return words.Plain(sentenceBeside(n, err, !browser.Online(), &profile))
}
