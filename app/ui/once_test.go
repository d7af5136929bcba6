package ui

import (
	"strings"
	"testing"

	"twinlock/app/linking"
)

// Auth0 calls who has no other name by the address, which is then shown once.
func TestAddressForANameIsShownOnce(t *testing.T) {
	u := ada()
	u.Name, u.Nickname = u.Email, ""
	_, card, _ := strings.Cut(html(t, parts(t), showing(u)), `class="person-text"`)
	card, _, _ = strings.Cut(card, "</section>")
	if got := strings.Count(letters("<"+card), u.Email); got != 1 {
		t.Errorf("the person's card has the address %d times: %s", got, card)
	}

	address := "grace@example.com"
	page := question(t,
		linking.Account{Subject: "db|1", Connection: "db", Email: "ada@example.com", Name: "Ada"},
		linking.Account{Subject: "db|2", Connection: "db", Email: address, Name: address})
	_, asked, _ := strings.Cut(page, `id="confirm"`)
	asked, _, _ = strings.Cut(asked, `id="confirm-means"`) // what only screen readers say
	if got := strings.Count(letters(asked), address); got != 2 {
		t.Errorf("the question has the address %d times, want its line and the warning: %s", got, asked)
	}
	if stays, _ := abouts(t, page); !strings.Contains(letters(stays), "Ada") {
		t.Errorf("what is known of the account that stays has no name: %s", stays)
	}
}
