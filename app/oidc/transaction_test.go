package oidc

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"
)

// The stored format is shared with code that is not Go: these very bytes are
// its test vector.
const (
	goldenTransaction = `{"v":2,"issuer":"https://tenant.example/","client_id":"app","state":"linking.AAECAwQFBgcICQoLDA0ODw","purpose":"linking","connection":"google-oauth2",` +
		`"nonce":"EBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8","verifier":"MDEyMzQ1Njc4OTo7PD0-P0BBQkNERUZHSElKS0xNTk8",` +
		`"max_age":0,"subject":"auth0|ada","expected":"google-oauth2|1","return_to":"/","mode":"popup","created":1700000000123}`
	goldenShort = `{"v":2,"issuer":"https://tenant.example/","client_id":"app","state":"login.AAECAwQFBgcICQoLDA0ODw","purpose":"login",` +
		`"nonce":"EBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8","verifier":"MDEyMzQ1Njc4OTo7PD0-P0BBQkNERUZHSElKS0xNTk8",` +
		`"return_to":"/","mode":"redirect","created":1700000000123}`
	// Of the golden verifier, for code_challenge.
	goldenChallenge = "f83nC9hdXQsHEZE_8X6ONhcwXB2CfSt9S1XjhVCHGFo"
)

func TestStoredTransaction(t *testing.T) {
	full := Transaction{
		Issuer: "https://tenant.example/", ClientID: "app",
		State: "linking.AAECAwQFBgcICQoLDA0ODw", Purpose: "linking", Connection: "google-oauth2",
		Nonce:    "EBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8",
		Verifier: "MDEyMzQ1Njc4OTo7PD0-P0BBQkNERUZHSElKS0xNTk8",
		MaxAge:   seconds(0), Subject: ada, Expected: "google-oauth2|1", ReturnTo: "/", Mode: ModePopup,
		Created: time.UnixMilli(1700000000123),
	}
	short := full
	short.State, short.Purpose, short.Mode = "login.AAECAwQFBgcICQoLDA0ODw", "login", ModeRedirect
	short.Connection, short.Subject, short.Expected, short.MaxAge = "", "", "", nil
	for golden, tx := range map[string]Transaction{goldenTransaction: full, goldenShort: short} {
		data, err := json.Marshal(tx)
		if err != nil || string(data) != golden {
			t.Errorf("written:\n%s, %v\nwant:\n%s", data, err, golden)
		}
		var read Transaction
		if err := json.Unmarshal([]byte(golden), &read); err != nil || !reflect.DeepEqual(read, tx) {
			t.Errorf("read %+v, %v\nwant %+v", read, err, tx)
		}
	}
	if got := challenge(full.Verifier); got != goldenChallenge {
		t.Errorf("challenge = %s", got)
	}
}

// What is sent and stored is whole seconds, never more than was asked for.
func TestMaxAgeIsRoundedDown(t *testing.T) {
	for age, want := range map[time.Duration]int{0: 0, time.Second - 1: 0, time.Minute + time.Second/2: 60, maxMaxAge: 1<<31 - 1} {
		got := secondsOf(&age)
		if *got != want {
			t.Errorf("%v is sent as %d", age, *got)
		}
		if back := maxAgeOf(got); !validMaxAge(back) || *back != time.Duration(want)*time.Second {
			t.Errorf("%d is read as %v", want, *back)
		}
	}
	for _, seconds := range []int{-1, -1 << 62, 1 << 31, 1 << 62} {
		if validMaxAge(maxAgeOf(&seconds)) {
			t.Errorf("%d is accepted", seconds)
		}
	}
	if secondsOf(nil) != nil || maxAgeOf(nil) != nil || !validMaxAge(nil) {
		t.Error("none is something")
	}
}

func TestStoredTransactionRefused(t *testing.T) {
	change := func(name string, value any) string {
		var m map[string]any
		json.Unmarshal([]byte(goldenTransaction), &m)
		m[name] = value
		data, _ := json.Marshal(m)
		return string(data)
	}
	for name, data := range map[string]string{
		"empty":           `{}`,
		"list":            `[]`,
		"earlier version": change("v", 1),
		"later version":   change("v", 3),
		"constant state":  change("state", "linking"), // the tutorial's
		"short state":     change("state", "linking.AAAA"),
		"state with key":  change("state", "linking.AAECAwQFBgcICQoLDA0O/w"),
		"no nonce":        change("nonce", ""),
		"short verifier":  change("verifier", "abc"),
		"negative age":    change("max_age", -1),
		"age out of time": change("max_age", 1e12),
	} {
		var tx Transaction
		if err := json.Unmarshal([]byte(data), &tx); err == nil {
			t.Errorf("%s: accepted %s", name, data)
		}
	}
	var tx Transaction
	if err := json.Unmarshal([]byte(change("return_to", "//evil.example")), &tx); err != nil || tx.ReturnTo != "/" {
		t.Errorf("return_to = %q, %v", tx.ReturnTo, err)
	}
}

func TestBelongsTo(t *testing.T) {
	for _, test := range []struct {
		begun, signedIn, answers string
		want                     bool
	}{
		{"", "", "a", true},
		{"a", "a", "a", true},
		{"a", "a", "b", true}, // the second account of a link
		{"", "a", "a", true},  // another tab has been faster
		{"", "a", "b", false},
		{"a", "", "a", false}, // signed out meanwhile
		{"a", "b", "a", false},
		{"a", "b", "b", false},
	} {
		if got := (Transaction{Subject: test.begun}).BelongsTo(test.signedIn, test.answers); got != test.want {
			t.Errorf("begun by %q, now %q, answered by %q: %t", test.begun, test.signedIn, test.answers, got)
		}
	}
}
