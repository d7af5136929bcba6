package ui

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"twinlock/app/config"
	"twinlock/app/provider"
	"twinlock/app/text"
	"twinlock/app/words"
)

// untouched returns the sentence that the account at the provider stays as it is, none where
// the account is nowhere but at the tenant.
func (v *view) untouched(connection, strategy string) []string {
	c := v.parts.connections.find(connection, strategy)
	if p, _ := provider.Lookup(c.Strategy); p.Kind == provider.Database || p.Kind == provider.Passwordless {
		return nil
	}
	return []string{words.Fill(v.say.Of(text.AccountUntouched), "connection", c.Label)}
}

// goesOn returns the sentences for what an unlink does not touch or end.
func (v *view) goesOn(connection, strategy string) []string {
	list := v.untouched(connection, strategy)
	if len(list) > 0 {
		list = append(list, v.afterUnlink(v.parts.connections.find(connection, strategy).Label))
	}
	return list
}

// atProvider draws the way to the page of the provider of a connection on which people remove
// applications, if it is known.
func (v *view) atProvider(connection string) app.UI {
	c := v.parts.connections.find(connection, "")
	p, _ := provider.Lookup(c.Strategy)
	if p.Applications == "" {
		return app.P().Hidden(true)
	}
	return app.P().Body(elsewhere(p.Applications, words.Of(words.Fill(v.say.Of(text.RemoveThere), "connection", c.Label))).Target("_blank"))
}

// leftAt returns the sentence for what an unlink does not end at the provider of a connection, ""
// where there is none.
func (v *view) leftAt(connection string) string {
	if len(v.untouched(connection, "")) == 0 {
		return ""
	}
	return v.afterUnlink(v.parts.connections.find(connection, "").Label)
}

// afterUnlink returns the sentence for what an unlink does not end.
func (v *view) afterUnlink(connection string) string {
	sentence := v.say.Of(text.StillKnown)
	if v.parts.config.TokenVault == config.TokenVaultOn {
		sentence += " " + v.say.Of(text.StillActs)
	}
	return words.Fill(sentence, "connection", connection)
}
