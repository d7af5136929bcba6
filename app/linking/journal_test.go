package linking

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"twinlock/app/browser"
	"twinlock/app/management"
	"twinlock/app/platform"
)

// vault is a vault of one entry that may be broken.
type vault struct {
	platform.Vault
	plain []byte
	err   error
}

func (v *vault) Put(_ context.Context, name, bound string, plain []byte) error {
	if name != JournalName || bound != "" {
		return errors.New("another entry")
	}
	if v.err == nil {
		v.plain = plain
	}
	return v.err
}

func (v *vault) Get(context.Context, string, string) ([]byte, error) {
	if v.plain == nil && v.err == nil {
		return nil, platform.ErrNoEntry
	}
	return v.plain, v.err
}

func (v *vault) Delete(context.Context, string) error {
	v.plain, v.err = nil, nil
	return nil
}

func TestJournal(t *testing.T) {
	ctx := context.Background()
	v := &vault{}
	journal := NewJournal(v)
	one := mustPlan(t, `{"n":1}`, `{"a":[12345678901234567890,{"b":null}],"":"<>"}`, Policy{}).entry(morning)
	two := one
	two.Primary, two.Secondary = "auth0|9", "facebook|9"
	for _, e := range []Entry{one, two, one} {
		if err := journal.Save(ctx, e); err != nil {
			t.Fatal(err)
		}
	}
	for _, e := range []Entry{one, two} {
		got, found, err := journal.Load(ctx, e.Primary)
		if err != nil || !found || !reflect.DeepEqual(got, e) {
			t.Errorf("loaded %+v, %v, %v; want %+v", got, found, err, e)
		}
	}
	// Either of the two may come back.
	if got, found, err := journal.Load(ctx, one.Secondary); err != nil || !found || !reflect.DeepEqual(got, one) {
		t.Errorf("the secondary has %+v, %v", got, err)
	}
	if _, found, err := journal.Load(ctx, "auth0|3"); found || err != nil {
		t.Errorf("somebody else has an entry: %v", err)
	}
	for _, e := range []Entry{one, two} {
		if err := journal.Remove(ctx, e.Primary); err != nil {
			t.Fatal(err)
		}
		if _, found, err := journal.Load(ctx, e.Primary); found || err != nil {
			t.Errorf("%s still has an entry: %v", e.Primary, err)
		}
	}
	if v.plain != nil {
		t.Errorf("the vault still has %s", v.plain)
	}
}

func TestJournalAge(t *testing.T) {
	ctx := context.Background()
	v, now := &vault{}, time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	journal := newVaultJournal(v, func() time.Time { return now })
	old := mustPlan(t, `{}`, `{"a":1}`, Policy{}).entry(morning)
	young := old
	young.Primary, young.Secondary = "auth0|9", "facebook|9"
	save := func(e Entry) {
		t.Helper()
		if err := journal.Save(ctx, e); err != nil {
			t.Fatal(err)
		}
	}
	has := func(e Entry) bool {
		t.Helper()
		_, found, err := journal.Load(ctx, e.Primary)
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	expire := func() {
		t.Helper()
		if err := journal.expire(ctx); err != nil {
			t.Fatal(err)
		}
	}
	expire()
	save(old)
	now = now.Add(time.Hour)
	save(young)
	now = now.Add(JournalLife - time.Hour)
	if expire(); !has(old) || !has(young) {
		t.Error("not kept for as long as it should be")
	}
	now = now.Add(time.Second)
	if has(old) || !has(young) {
		t.Error("an old entry is found, or a young one is not")
	}
	if expire(); strings.Contains(string(v.plain), old.Primary) || !has(young) {
		t.Errorf("left: %s", v.plain)
	}
	now = now.Add(time.Hour)
	if expire(); v.plain != nil {
		t.Errorf("left: %s", v.plain)
	}
	save(young)
	for _, put := range []time.Duration{-20 * time.Hour, 40 * time.Hour, -20 * time.Hour} {
		now = now.Add(put)
		if expire(); !has(young) {
			t.Errorf("lost when the clock is put by %v", put)
		}
	}
	now = now.Add(2 * JournalLife)
	save(old)
	if strings.Contains(string(v.plain), young.Primary) {
		t.Errorf("kept on: %s", v.plain)
	}
	now = time.Now().Add(-JournalLife - time.Hour)
	save(old)
	if err := ExpireJournal(ctx, v); err != nil || v.plain != nil {
		t.Errorf("ExpireJournal: %v, left %s", err, v.plain)
	}
}

func TestEntryThatIsNotJSON(t *testing.T) {
	v := &vault{}
	if err := NewJournal(v).Save(t.Context(), Entry{Merge: map[string]Change{"a": {After: func() {}}}}); err == nil || v.plain != nil {
		t.Errorf("Save: %v, stored %s", err, v.plain)
	}
}

// The entries of a program before this one stood alone in the vault. What they are to take
// over is nowhere else.
func TestJournalOfAnEarlierProgram(t *testing.T) {
	ctx := t.Context()
	v := &vault{plain: []byte(`{"auth0|1":{"saved":"` + time.Now().UTC().Format(time.RFC3339) + `","entry":` + goldenEntry + `}}`)}
	journal := NewJournal(v)
	want, _ := ParseEntry([]byte(goldenEntry))
	for range 2 {
		got, found, err := journal.Load(ctx, "auth0|1")
		if err != nil || !found || !reflect.DeepEqual(got, want) {
			t.Errorf("loaded %+v, %v, %v", got, found, err)
		}
		if err := journal.Save(ctx, want); err != nil { // as this program writes it
			t.Fatal(err)
		}
	}
}

func TestBrokenJournal(t *testing.T) {
	ctx := context.Background()
	entry := mustPlan(t, `{}`, `{"a":1}`, Policy{}).entry(morning)
	written, _ := json.Marshal(entry)
	kept := func(entries map[string]string) []byte {
		stored := make(map[string]storedEntry)
		for primary, entry := range entries {
			stored[primary] = storedEntry{time.Now(), json.RawMessage(entry)}
		}
		data, _ := json.Marshal(stored)
		return data
	}
	moved := kept(map[string]string{"auth0|9": string(written)})
	damaged := kept(map[string]string{"auth0|9": `{"v":2}`})
	others := kept(map[string]string{"auth0|8": `{"v":2}`, "auth0|9": `{"v":3}`})
	for _, test := range []struct {
		name  string
		vault vault
		load  error // errAny for any
		save  error
	}{
		{"no vault", vault{err: platform.ErrNoVault}, nil, platform.ErrNoVault},
		{"seal broken", vault{err: platform.ErrSealBroken}, platform.ErrSealBroken, platform.ErrSealBroken},
		{"no object", vault{plain: []byte(`null`)}, platform.ErrSealBroken, platform.ErrSealBroken},
		{"no entries", vault{plain: []byte(`{"v":1,"at":"2026-03-01T12:00:00Z","value":null}`)}, platform.ErrSealBroken, platform.ErrSealBroken},
		{"moved to another primary", vault{plain: moved}, errAny, nil},
		{"damaged, beside another", vault{plain: others}, errAny, nil},
		{"damaged", vault{plain: damaged}, errAny, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			journal := NewJournal(&test.vault)
			if _, found, err := journal.Load(ctx, "auth0|9"); found || !is(err, test.load) {
				t.Errorf("Load: %v, %v", found, err)
			}
			if err := journal.Save(ctx, entry); !is(err, test.save) {
				t.Errorf("Save: %v", err)
			}
			_ = journal.Remove(ctx, "auth0|9")
			if _, found, err := journal.Load(ctx, "auth0|9"); found || err != nil {
				t.Errorf("after Remove: %v, %v", found, err)
			}
		})
	}
}

var errAny = errors.New("any error")

func is(err, want error) bool {
	return want == errAny && err != nil || errors.Is(err, want) && (err == nil) == (want == nil)
}

const goldenEntry = `{"v":2,"created":"2026-05-01T09:00:00Z","looks":1,"looked":"2026-05-01T09:00:03Z","primary":"auth0|1","secondary":"google-oauth2|2","connection":"google-oauth2","provider":"google-oauth2","user_id":"2","email":"ada@example.com","merge":{"a":{"before":null,"after":1}}}`

func TestParseEntry(t *testing.T) {
	entry := mustPlan(t, `{}`, `{"a":1}`, Policy{}).entry(morning)
	entry.Looks, entry.Looked, entry.UserID = 1, morning.Add(apart), "2"
	if data, err := json.Marshal(entry); err != nil || string(data) != goldenEntry {
		t.Errorf("written %s: %v", data, err)
	}
	if got, err := ParseEntry([]byte(goldenEntry)); err != nil || !reflect.DeepEqual(got, entry) {
		t.Errorf("read %+v: %v", got, err)
	}
	change := func(old, new string) string { return strings.Replace(goldenEntry, old, new, 1) }
	if _, err := ParseEntry([]byte(change(`"a":{"before":null,"after":1}`, ``))); err != nil {
		t.Errorf("nothing to merge: %v", err)
	}
	for name, data := range map[string]string{
		"nothing":           "",
		"null":              "null",
		"a list":            "[]",
		"cut off":           goldenEntry[:len(goldenEntry)-1],
		"more follows":      goldenEntry + "{}",
		"another version":   change(`"v":2`, `"v":3`),
		"the first version": change(`"v":2`, `"v":1`),
		"no time":           change(`"created":"2026-05-01T09:00:00Z",`, ``),
		"no time of a look": change(`,"looked":"2026-05-01T09:00:03Z"`, ``),
		"no look":           change(`"looks":1,`, ``),
		"too many looks":    change(`"looks":1`, `"looks":4`),
		"fewer than none":   change(`"looks":1`, `"looks":-1`),
		"unknown field":     change(`"v":2`, `"v":2,"token":"x"`),
		"no primary":        change(`"auth0|1"`, `""`),
		"no secondary":      change(`"google-oauth2|2"`, `""`),
		"one account":       change(`"google-oauth2|2"`, `"auth0|1"`),
		"removes a key":     change(`"after":1`, `"after":null`),
		"writes __proto__":  change(`"a":`, `"__proto__":`),
		"writes __proto__s": change(`"after":1`, `"after":[{"__proto__":1}]`),
	} {
		t.Run(name, func(t *testing.T) {
			if e, err := ParseEntry([]byte(data)); err == nil {
				t.Errorf("read as %+v", e)
			}
		})
	}
}

func FuzzEntry(f *testing.F) {
	f.Add([]byte(goldenEntry))
	f.Add([]byte(strings.Replace(goldenEntry, `"after":1`, `"before":[1],"after":{"x":[1e400,-0,"\ud800"]}`, 1)))
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := ParseEntry(data)
		if err != nil {
			return
		}
		written, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseEntry(written)
		if err != nil || !reflect.DeepEqual(again, e) {
			t.Fatalf("read again it is %+v, was %+v: %v", again, e, err)
		}
		left, skipped := e.compare(management.User{})
		if len(left)+len(skipped) != len(e.Merge) {
			t.Errorf("%d keys, %d left, %d skipped", len(e.Merge), len(left), len(skipped))
		}
	})
}

// One entry that can never be read does not stand in the way for ever, nor of the others.
func TestDamagedEntry(t *testing.T) {
	ctx, vault := t.Context(), browser.NewScope("/", "https://tenant.example/", "app", "").Vault()
	t.Cleanup(func() { _ = vault.Wipe(context.Background()) })
	now := time.Now().UTC().Format(time.RFC3339)
	for _, damaged := range []string{`{"v":1,"primary":"auth0|a","secondary":"b","merge":{"k":{"before":null,"after":1}}}`, `{"nonsense":1}`} {
		data := `{"auth0|a":{"saved":"` + now + `","entry":` + damaged + `},"auth0|b":{"saved":"` + now + `","entry":` +
			`{"v":2,"created":"` + now + `","primary":"auth0|b","secondary":"c","merge":{}}}}`
		if err := vault.Put(ctx, JournalName, "", []byte(data)); err != nil {
			t.Fatal(err)
		}
		j := NewJournal(vault)
		if _, _, err := j.Load(ctx, "auth0|a"); !errors.Is(err, platform.ErrSealBroken) {
			t.Errorf("%s: Load: %v", damaged, err)
		}
		if err := j.Remove(ctx, "auth0|a"); err != nil {
			t.Error(err)
		}
		if _, found, err := j.Load(ctx, "auth0|a"); found || err != nil {
			t.Errorf("it is still there: %v", err)
		}
		if _, found, err := j.Load(ctx, "auth0|b"); !found || err != nil {
			t.Errorf("the other one is lost: %v", err)
		}
	}
}
