package strictjson

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestCheck(t *testing.T) {
	deep := func(n int) string { return strings.Repeat(`{"a":[`, n) + strings.Repeat(`]}`, n) }
	tests := []struct {
		name    string
		data    string
		wantErr string
	}{
		{"object", `{"a":1,"b":{"a":[{"a":1},{"a":2}]},"c":"a"}`, ""},
		{"number beyond float64", `[1e999]`, ""},
		{"value equal to a name", `{"a":"a","b":"a"}`, ""},
		{"names in two cases", `{"a":1,"A":2}`, ""},
		{"prototype name", `{"__proto__":{},"constructor":1}`, ""},
		{"as deep as allowed", deep(MaxDepth / 2), ""},
		{"empty", ``, "syntax"},
		{"trailing data", `{} {}`, "syntax"},
		{"trailing comma", `{"a":1,}`, "syntax"},
		{"missing comma", `[1 2]`, "syntax"},
		{"not UTF-8", "{\"a\":\"\xff\"}", "UTF-8"},
		{"name twice", `{"a":1,"a":2}`, `"a" given twice`},
		{"name twice, escaped", `{"a":1,"\u0061":2}`, `"a" given twice`},
		{"name twice, inside", `[{"b":{"x":[],"y":{},"x":0}}]`, `"x" given twice`},
		{"name twice after an object", `{"a":{},"a":{}}`, `"a" given twice`},
		{"too deep", deep(MaxDepth/2 + 1), "deeper"},
		{"depth 1000", deep(500), "deeper"}, // attack case 33
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := Check([]byte(tt.data), nil)
			if tt.wantErr == "" {
				if err != nil {
					t.Fatalf("Check: %v", err)
				}
				return
			}
			if !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), tt.wantErr) {
				t.Fatalf("Check = %v, want ErrInvalid with %q", err, tt.wantErr)
			}
		})
	}
}

func TestCheckNames(t *testing.T) {
	errUpper := errors.New("upper case")
	lower := func(name string) error {
		if strings.ToLower(name) != name {
			return errUpper
		}
		return nil
	}
	if err := Check([]byte(`{"a":{"b":"C"}}`), lower); err != nil {
		t.Errorf("lower-case names: %v", err)
	}
	if err := Check([]byte(`{"a":[{"B":1}]}`), lower); !errors.Is(err, errUpper) || !errors.Is(err, ErrInvalid) {
		t.Errorf("upper-case name: %v", err)
	}
}

func TestObject(t *testing.T) {
	members, err := Object([]byte(`{"Email_verified":true,"email_verified":false}`))
	if err != nil || string(members["email_verified"]) != "false" {
		t.Errorf("Object = %s, %v: the name in another case decided", members["email_verified"], err)
	}
	for _, data := range []string{`null`, `[]`, `"a"`, `1`, ``} {
		if _, err := Object([]byte(data)); !errors.Is(err, ErrInvalid) {
			t.Errorf("Object(%s) = %v, want ErrInvalid", data, err)
		}
	}
}

func FuzzCheck(f *testing.F) {
	for _, seed := range []string{`{}`, `{"a":[1,{"b":null}],"c":"d"}`, `{"a":1,"a":2}`, `[[[]]]`, `[{}`, `"x"`, "\xff"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if Check(data, nil) != nil {
			return
		}
		// What passed is understood by the standard library, and stays so
		// when written again.
		var v any
		dec := json.NewDecoder(strings.NewReader(string(data)))
		dec.UseNumber()
		if err := dec.Decode(&v); err != nil {
			t.Fatalf("accepted, but: %v", err)
		}
		out, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if err := Check(out, nil); err != nil {
			t.Fatalf("rewritten %s: %v", out, err)
		}
	})
}

func ExampleCheck() {
	fmt.Println(Check([]byte(`{"plan":"free","plan":"gold"}`), nil))
	// Output: JSON not accepted: "plan" given twice
}

func TestExact(t *testing.T) {
	for data, want := range map[string]bool{
		`"a"`: true, `"\ud83d\ude00"`: true, `"\uD83D\uDE00\n\\ud800"`: true, "\"\U0001f600\ufffd\"": true,
		`{"a":["\ufffd"]}`: true, `"\\"`: true,
		`"\ud800"`: false, `"\ude00"`: false, `"\ud800x"`: false, `"\ud800\n"`: false, `"\ud800\u0041"`: false,
		`"\ud800\ud800\ude00"`: false, `"\ude00\ud800"`: false, `{"a":[{"\uDFFF":1}]}`: false, `"\\\ud800"`: false,
		`"\ud83d\ude00\ude00"`: false,
	} {
		if got := Exact([]byte(data)); got != want {
			t.Errorf("Exact(%s) = %v", data, got)
		}
	}
}

func FuzzExact(f *testing.F) {
	f.Add(`"\ud83d\ude00\ud800"`)
	f.Add(`{"\\ud800":"\ufffd"}`)
	f.Fuzz(func(t *testing.T, text string) {
		whole, err := json.Marshal(text) // valid text is exact, however it is written
		if err != nil || !Exact(whole) {
			t.Errorf("%q: %v", text, err)
		}
		if data := []byte(text); json.Valid(data) && !Exact(data) {
			var value any
			if json.Unmarshal(data, &value) != nil {
				return
			}
			if again, _ := json.Marshal(value); !strings.Contains(string(again), `\ufffd`) && !strings.Contains(string(again), "\ufffd") {
				// A member that is given twice may hide the other.
				if Check(data, nil) == nil {
					t.Errorf("%q is read as %q", text, again)
				}
			}
		}
	})
}

// Only the first level of names must be strict.
func TestMembers(t *testing.T) {
	deep := strings.Repeat(`[`, 5000) + strings.Repeat(`]`, 5000)
	members, err := Members([]byte(`{"a":{"b":1,"b":2}, "A":` + deep + `,"c":1.0}`))
	if err != nil || len(members) != 3 || string(members["a"]) != `{"b":1,"b":2}` || string(members["c"]) != "1.0" {
		t.Errorf("Members = %v, %v", members, err)
	}
	for _, data := range []string{``, `[]`, `null`, `7`, `{"a":1,"a":2}`, `{"a":1} {}`, `{"a":`, "{\"a\":\"\xff\"}"} {
		if members, err := Members([]byte(data)); members != nil || !errors.Is(err, ErrInvalid) {
			t.Errorf("Members(%q) = %v, %v", data, members, err)
		}
	}
}
