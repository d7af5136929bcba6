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
	for _, seed := range []string{`{}`, `{"a":[1,{"b":null}],"c":"d"}`, `{"a":1,"a":2}`, `[[[]]]`, `"x"`, "\xff"} {
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
