package ui

import (
	"context"
	"time"

	"twinlock/app/browser"
	"twinlock/app/offline"
	"twinlock/app/text"
)

// keepView stores what the page shows of a subject's profile, unless the person has signed out
// meanwhile.
func (p *Parts) keepView(subject, page string) {
	keep := func(ctx context.Context) error {
		account, _ := p.session.Account()
		now := browser.FormatTime(time.Now(), p.say.Language)
		return p.offline.KeepView(ctx, offline.View{
			Subject: subject,
			Ends:    account.Ends,
			AsOf:    text.Fill(p.say.Of(text.AsOf), "time", now),
			Online:  p.say.Of(text.OnlineToLink),
			Again:   p.say.Of(text.TryAgain),
			Page:    page,
			Read:    p.read.of(p.client(), subject),
		})
	}
	// A view that is not kept is missed by nobody.
	_ = p.session.While(context.Background(), subject, keep)
}
