package settings

import (
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"twinlock/app/config"
	"twinlock/app/text"
	"twinlock/server/picture"
	"twinlock/server/serve"
	"twinlock/server/site"
)

// merge makes settings of a file, the environment and flags, as serve does.
func merge(t *testing.T, file string, env map[string]string, flags ...string) (Settings, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "twinlock.yaml")
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := struct{ Flags }{NewFlags(Listen, Place, Tenant, Page, Words, Traffic)}
	parser, err := kong.New(&cmd, kong.Resolvers(Environment(func(name string) (string, bool) { v, ok := env[name]; return v, ok })))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(append([]string{"--config=" + path}, flags...)); err != nil {
		t.Fatal(err)
	}
	s, err := cmd.Read()
	return s, errors.Join(err, s.Finish())
}

// sample has values of one setting as a flag has them.
type sample struct {
	file, env, flag string
	wrong           string
}

// samples are of every setting.
var samples = map[string]sample{
	"addr":              {"127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3", "localhost"},
	"base_path":         {"/file", "/env", "/flag", "accounts"},
	"domain":            {"file.auth0.com", "env.auth0.com", "flag.auth0.com", "https://acme.eu.auth0.com"},
	"issuer":            {"https://file.auth0.com/", "https://env.auth0.com/", "https://flag.auth0.com/", "http://acme.auth0.com/"},
	"client_id":         {"file", "env", "flag", "a b"},
	"audience":          {"https://file.example/api/v2/", "https://env.example/api/v2/", "https://flag.example/api/v2/", "acme"},
	"scopes":            {"openid,file", "openid,env", "openid,flag", "profile"},
	"connections":       {"github:github=File,acme:samlp=File", "apple:apple=Env", "facebook:facebook=Flag,acme:adfs=Flag", "a b"},
	"interaction":       {"popup", "auto", "redirect", "iframe"},
	"max_auth_age":      {"100", "200", "400", "1"},
	"unverified_email":  {"warn", "refuse", "warn", "link"},
	"no_email":          {"refuse", "allow", "refuse", "warn"},
	"trusted_email":     {"apple", "github,apple", "line", "corp"},
	"verify_email_url":  {"https://file.example/verify", "/env", "/flag", "mailto:a@b.example"},
	"home_url":          {"https://file.example/", "/env", "/", "http://x/"},
	"support_url":       {"https://file.example/help", "mailto:help@env.example?subject=Accounts", "/flag", "mailto:help"},
	"privacy_url":       {"https://file.example/privacy", "/env", "/flag", "javascript:alert(1)"},
	"terms_url":         {"https://file.example/terms", "/env", "/flag", "//x.example/"},
	"return_urls":       {"Shop=https://shop.example/,en:Files: all=/x?a=b", "Shop=/env", "en:Files=https://flag.example/?a=b", "Shop"},
	"links":             {"en:Password=/file,Sessions: all=/x?a=b", "Password=/env", "en:Delete=https://flag.example/", "Password"},
	"profile_limit":     {"20", "30", "40", "0.5"},
	"same_connection":   {"warn", "allow", "refuse", "never"},
	"metadata_labels":   {"en:theme=Design,news=News letter", "tags=env", "en:theme=Flag", "theme"},
	"stored_elsewhere":  {"Your orders, files and notes stay: ask us.", "en:Ask us.", "en:Ask us, please.", " "},
	"history":           {"wipe", "keep", "wipe", "forever"},
	"token_vault":       {"on", "off", "on", "yes"},
	"last_used":         {"off", "mark", "off", "yes"},
	"picture_hosts":     {"file.example", "env.example,*.env.example", "*.flag.example", "*"},
	"brand.name":        {"File", "Env", "Flag", strings.Repeat("x", 99)},
	"brand.logo":        {"/file.svg", "/env.svg", "/flag.svg", "http://x/"},
	"brand.accent":      {"#111111", "#222222", "#333333", "red"},
	"brand.accent_dark": {"#eeeeee", "#dddddd", "#cccccc", "#000000"},
	"languages":         {"de,en", "en,de", "de", "tlh"},
	"texts":             {"en:welcome=Hello, you", "en:welcome=Env", "en:link_title=Join: a, b", "de:velcome=x"},
	"tls_cert":          {"file.crt", "env.crt", "flag.crt", "nowhere.crt"},
	"tls_key":           {"file.key", "env.key", "flag.key", "nowhere.key"},
	"access_log":        {"false", "true", "false", "often"},
	"log_format":        {"json", "text", "json", "xml"},
	"header_timeout":    {"11s", "21s", "31s", "0s"},
	"write_timeout":     {"12s", "22s", "32s", "2h0m0s"},
	"idle_timeout":      {"13s", "23s", "33s", "-1s"},
	"drain_time":        {"0s", "24s", "34s", "-1s"},
	"stop_timeout":      {"15s", "25s", "35s", "0s"},
	"max_header_bytes":  {"10000", "20000", "30000", "1"},
}

// base has what every site needs.
var base = map[string]string{"domain": "base.auth0.com", "client_id": "base", "connections": "apple,github,line"}

// fileWith is a file with one setting more than it needs.
func fileWith(t *testing.T, name, value string) string {
	t.Helper()
	values := maps.Clone(base)
	if name == "issuer" { // instead of the domain
		delete(values, "domain")
	}
	if value != "" {
		values[name] = value
	}
	document := map[string]any{}
	for name, text := range values {
		row, _ := find(name)
		at := document
		if group, below, is := strings.Cut(name, "."); is {
			at, name = map[string]any{}, below
			document[group] = at
		}
		at[name] = inFile(row, text)
	}
	data, err := json.Marshal(document) // which is YAML
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// inFile is a value as the file has it.
func inFile(row Setting, text string) any {
	switch row.field(new(Settings)).(type) {
	case *[]string:
		return strings.Split(text, ",")
	case *[]config.Connection:
		return parseConnections(strings.Split(text, ","))
	case *[]config.Link:
		return parseLinks(strings.Split(text, ","))
	case *[]config.MetadataLabel:
		return parseMetadataLabels(strings.Split(text, ","))
	case *[]config.Sentence:
		return parseSentences([]string{text})
	case *site.Texts:
		return parseTexts([]string{text})
	case *bool, *int:
		if json.Valid([]byte(text)) {
			return json.RawMessage(text)
		}
	}
	return text
}

// shown is a value as a flag has it.
func shown(row Setting, s Settings) string {
	value := reflect.ValueOf(row.field(&s)).Elem().Interface()
	var list []string
	switch value := value.(type) {
	case []config.Connection:
		for _, c := range value {
			list = append(list, c.Name+":"+c.Strategy+"="+c.Label)
		}
	case []config.Link:
		for _, l := range value {
			list = append(list, strings.TrimPrefix(l.Language+":", ":")+l.Label+"="+l.URL)
		}
	case []config.MetadataLabel:
		for _, l := range value {
			list = append(list, strings.TrimPrefix(l.Language+":", ":")+l.Key+"="+l.Label)
		}
	case site.Texts:
		for language, texts := range value {
			for key, said := range texts {
				list = append(list, language+":"+key+"="+said.(string))
			}
		}
	case []config.Sentence:
		for _, s := range value {
			list = append(list, strings.TrimPrefix(s.Language+":", ":")+s.Words)
		}
	default:
		return format(value)
	}
	return strings.Join(list, ",")
}

// TestPrecedence gives every setting in every way.
func TestPrecedence(t *testing.T) {
	for _, row := range Table {
		sample, known := samples[row.Name]
		if !known {
			t.Errorf("%s has no sample", row.Name)
			continue
		}
		file, bare := fileWith(t, row.Name, sample.file), fileWith(t, row.Name, "")
		variable := Variable(FlagName(row.Name))
		env, empty := map[string]string{variable: sample.env}, map[string]string{variable: ""}
		flag := "--" + FlagName(row.Name) + "=" + sample.flag
		for _, test := range []struct {
			name  string
			file  string
			env   map[string]string
			flags []string
			want  string
		}{
			{"file", file, nil, nil, sample.file},
			{"environment before file", file, env, nil, sample.env},
			{"flag before all", file, env, []string{flag}, sample.flag},
			{"environment alone", bare, env, nil, sample.env},
			{"flag alone", bare, nil, []string{flag}, sample.flag},
			{"empty variable", file, empty, nil, sample.file},
		} {
			t.Run(row.Name+"/"+test.name, func(t *testing.T) {
				s, err := merge(t, test.file, test.env, test.flags...)
				if got := shown(row, s); err != nil || got != test.want {
					t.Errorf("%s, %v, want %s", got, err, test.want)
				}
			})
		}
	}
	if len(samples) != len(Table) {
		t.Errorf("%d samples of %d settings", len(samples), len(Table))
	}
}

// TestWrongValues: a problem names its setting.
func TestWrongValues(t *testing.T) {
	for _, row := range Table {
		t.Run(row.Name, func(t *testing.T) {
			s, err := merge(t, fileWith(t, row.Name, samples[row.Name].wrong), nil)
			problems := Problems(errors.Join(err, s.CheckCertificate()))
			for _, problem := range problems {
				field := (*config.FieldError)(nil)
				if errors.As(problem, &field) && strings.HasPrefix(field.Field, row.Name) && field.Problem != "" {
					return
				}
			}
			t.Errorf("problems %q", problems)
		})
	}
}

// TestLists: a flag for a list may be given several times.
func TestLists(t *testing.T) {
	s, err := merge(t, "", nil, "--domain=acme.eu.auth0.com", "--client-id=abc", "--connections=apple", "--connections=acme:adfs=Acme's own")
	want := []config.Connection{{Name: "apple", Label: "Apple", Strategy: "apple"}, {Name: "acme", Label: "Acme's own", Strategy: "adfs"}}
	if err != nil || !reflect.DeepEqual(s.Config.Connections, want) {
		t.Errorf("connections = %+v, %v", s.Config.Connections, err)
	}
}

// TestTableHasTheDocument compares the settings that are in the page with the page's
// document: each field has one setting, and the default that the table tells.
func TestTableHasTheDocument(t *testing.T) {
	var s Settings
	fields := map[string]any{}
	documentFields("", reflect.ValueOf(&s.Config).Elem(), fields)
	s.Config = s.Config.WithDefaults()
	for _, row := range Table {
		if !row.Use.InPage() {
			continue
		}
		if fields[row.Name] != row.field(&s) {
			t.Errorf("%s is not the field of that name", row.Name)
		}
		delete(fields, row.Name)
		value := reflect.ValueOf(row.field(&s)).Elem()
		if row.Default == nil && !value.IsZero() || row.Default != nil && !reflect.DeepEqual(value.Interface(), row.Default) {
			t.Errorf("%s: the default is %v and not %v", row.Name, value, row.Default)
		}
		if row.check != nil {
			t.Errorf("%s is checked twice", row.Name)
		}
	}
	for name := range fields {
		t.Errorf("%s is in the document but not in the table", name)
	}
}

// documentFields collects pointers to fields by their name in the file.
func documentFields(path string, of reflect.Value, fields map[string]any) {
	for i := range of.NumField() {
		name, _, _ := strings.Cut(of.Type().Field(i).Tag.Get("json"), ",")
		if of.Field(i).Kind() == reflect.Struct {
			documentFields(path+name+".", of.Field(i), fields)
			continue
		}
		fields[path+name] = of.Field(i).Addr().Interface()
	}
}

// TestTableHasAllSettings does the same for what is not in the page.
func TestTableHasAllSettings(t *testing.T) {
	var s Settings
	for _, row := range Table {
		if to := reflect.ValueOf(row.field(&s)).Elem(); to.Kind() == reflect.Int || to.Kind() == reflect.Int64 {
			to.SetInt(1)
		} else if to.Kind() == reflect.String {
			to.SetString("x")
		} else if to.Kind() == reflect.Bool {
			to.SetBool(true)
		} else if to.Kind() == reflect.Map {
			to.Set(reflect.MakeMap(to.Type()))
		}
	}
	s.Pictures = []picture.Picture{{}} // those that other settings name
	for _, of := range []reflect.Value{reflect.ValueOf(s), reflect.ValueOf(s.Limits)} {
		for i := range of.NumField() {
			if of.Type().Field(i).IsExported() && of.Field(i).IsZero() {
				t.Errorf("%s has no setting", of.Type().Field(i).Name)
			}
		}
	}
	limits := Default().Limits
	limits.DrainTime = serve.DefaultLimits.DrainTime
	if limits != serve.DefaultLimits {
		t.Errorf("limits = %+v", limits)
	}
}

// TestColours: the colours that the table tells are those of the stylesheet.
func TestColours(t *testing.T) {
	style, err := os.ReadFile("../../web/twinlock.css")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"brand.accent", "brand.accent_dark"} {
		if row, _ := find(name); !strings.Contains(string(style), "--accent: "+row.DefaultIs+";") {
			t.Errorf("%s is not %s", name, row.DefaultIs)
		}
	}
}

// TestFileOfServe: a command ignores how the file serves, where that is not its own.
func TestFileOfServe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "twinlock.yaml")
	if err := os.WriteFile(path, []byte("addr: nonsense\nidle_timeout: 9h\nbase_path: /file"), 0o600); err != nil {
		t.Fatal(err)
	}
	f := NewFlags(Place)
	f.File = path
	s, err := f.Read()
	if want := Default(); err != nil || s.Addr != want.Addr || s.Limits != want.Limits || s.BasePath != "/file" {
		t.Errorf("settings = %+v, %v", s, err)
	}
}

func TestReadWithoutFile(t *testing.T) {
	f := NewFlags(Place)
	f.File = "nowhere.yaml"
	if _, err := f.Read(); err == nil || !strings.HasPrefix(err.Error(), "config: open nowhere.yaml") {
		t.Errorf("err = %v", err)
	}
}

func TestDomainAndIssuer(t *testing.T) {
	rest := []string{"--client-id=abc", "--connections=apple", "--audience=https://acme.eu.auth0.com/api/v2/"}
	got, err := merge(t, "issuer: https://file.example/", nil, append(rest, "--domain=acme.eu.auth0.com")...)
	if err != nil || got.Config.Issuer != "https://acme.eu.auth0.com/" {
		t.Errorf("a domain over the file's issuer: %s, %v", got.Config.Issuer, err)
	}
	got, err = merge(t, "domain: file.example", nil, append(rest, "--issuer=https://id.acme.example/")...)
	if err != nil || got.Config.Issuer != "https://id.acme.example/" {
		t.Errorf("an issuer over the file's domain: %s, %v", got.Config.Issuer, err)
	}
	if _, err := merge(t, "", nil, append(rest, "--domain=acme.eu.auth0.com", "--issuer=https://id.acme.example/")...); err == nil {
		t.Error("a domain and another issuer were accepted")
	}
}

func TestParseFileErrors(t *testing.T) {
	tests := []struct {
		name, file string
		want       []string
	}{
		{"unknown key", "client: x", []string{"client: there is no such setting"}},
		{"unknown keys, all of them", "aa: 1\nbb: 2", []string{"aa: there is no such setting", "bb: there is no such setting"}},
		{"key in another case", "Issuer: https://x.example/", []string{"Issuer: there is no such setting: did you mean issuer?"}},
		{"misspelt key", "no_emial: refuse", []string{"no_emial: there is no such setting: did you mean no_email?"}},
		{"key as a flag", "client-id: a", []string{"client-id: there is no such setting: did you mean client_id?"}},
		{"misspelt map", "brnad: {}", []string{"brnad: there is no such setting: did you mean brand?"}},
		{"unknown key in a map", "brand:\n  colour: red", []string{`brand: has no "colour"`}},
		{"unknown key in a list", "connections:\n  - name: a\n    colour: b", []string{`connections: has no "colour"`}},
		{"number for text", "client_id: 123", []string{"client_id: must be text (perhaps in quotation marks)"}},
		{"boolean for text", "addr: true", []string{"addr: must be text"}},
		{"text for a boolean", "access_log: often", []string{"access_log: must be true or false"}},
		{"text for a number", "max_header_bytes: many", []string{"max_header_bytes: must be a whole number"}},
		{"text for a number of the page", "max_auth_age: many", []string{"max_auth_age: must be a whole number"}},
		{"part of a number", "max_header_bytes: 2000.5", []string{"max_header_bytes: must be a whole number"}},
		{"time without a unit", "idle_timeout: 30", []string{"idle_timeout: must be a time such as 30s"}},
		{"text for a list", "languages: de", []string{"languages: must be a list"}},
		{"list for a map", "brand: [a]", []string{"brand: must be a map"}},
		{"number in a list", "scopes: [openid, 5]", []string{"scopes: must be text (perhaps in quotation marks)"}},
		{"key given twice", "client_id: a\nclient_id: b", []string{"config: line 2: "}},
		{"key given twice below", "brand:\n  name: a\n  name: b", []string{"config: line 3: "}},
		{"not YAML", "a: [", []string{"config: line 1: "}},
		{"not a map", "- a", []string{"config: must be a map of settings"}},
		{"name of the whole path", "brand.name: a", []string{"brand.name: there is no such setting"}},
		{"key of a connection in another case", "connections:\n  - Name: a", []string{`connections: has no "Name"`}},
		{"number in a connection", "connections:\n  - name: 5", []string{"connections.name: must be text"}},
		{"what JSON has not", "max_auth_age: .nan", []string{"max_auth_age: has a value that is no text"}},
		{"two documents", "client_id: a\n---\nclient_id: b", []string{"config: holds more than one document"}},
		{"too large", "client_id: " + strings.Repeat("x", config.MaxSize), []string{"config: is larger than 4194304 bytes"}},
		{"several kinds at once", "client_id: 1\nlanguages: de\nzz: 1", []string{"client_id: ", "languages: ", "zz: "}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := Default()
			err := s.parse([]byte(test.file))
			if err == nil {
				t.Fatal("was accepted")
			}
			got := Problems(err)
			if len(got) != len(test.want) {
				t.Fatalf("problems = %q, want %q", got, test.want)
			}
			for i, want := range test.want {
				var field *config.FieldError
				if !errors.As(got[i], &field) || !strings.HasPrefix(got[i].Error(), want) || strings.Contains(got[i].Error(), "\n") {
					t.Errorf("problem %d = %q, want %q", i, got[i], want)
				}
			}
		})
	}
}

// TestOneProblemIsToldOnce: of what cannot be read nothing else is told.
func TestOneProblemIsToldOnce(t *testing.T) {
	const rest = "audience: https://acme.eu.auth0.com/api/v2/\n"
	tenant := "domain: acme.eu.auth0.com\nclient_id: abc\n" + rest
	connection := "connections: [{name: apple}]\n"
	tests := []struct{ name, file, want string }{
		{"number for a name", tenant + connection + "trusted_email: [1]", "trusted_email: must be text"},
		{"number for a text", "domain: acme.eu.auth0.com\nclient_id: 1\n" + rest + connection, "client_id: must be text"},
		{"number for a domain", "domain: 1\nclient_id: abc\n" + rest + connection, "domain: must be text"},
		{"number in a connection", tenant + "connections: [{name: 1}]", "connections.name: must be text"},
		{"another one trusts it", tenant + "connections: [{name: 1}]\ntrusted_email: [corp]", "connections.name: must be text"},
		{"unknown key of a connection", tenant + "connections: [{colour: red}]", `connections: has no "colour"`},
		{
			"text for a list of languages", tenant + connection + "languages: de\nlinks: [{label: a, url: /a, language: de}]",
			"languages: must be a list",
		},
		{"time without a unit", tenant + connection + "idle_timeout: 30", "idle_timeout: must be a time"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := Default()
			problems := Problems(errors.Join(s.parse([]byte(test.file)), s.Finish()))
			if len(problems) != 1 || !strings.HasPrefix(problems[0].Error(), test.want) {
				t.Errorf("problems = %q, want %q alone", problems, test.want)
			}
		})
	}
	s := Default()
	err := errors.Join(s.parse([]byte(tenant+"connections: [{name: 1}]\ninteraction: shout")), s.Finish())
	if problems := Problems(err); len(problems) != 2 {
		t.Errorf("of two problems %q are told", problems)
	}
}

func TestParseFileEmpty(t *testing.T) {
	for _, file := range []string{"", "# nothing\n", "---\n", "client_id:\n"} {
		s := Default()
		if err := s.parse([]byte(file)); err != nil || !reflect.DeepEqual(s, Default()) {
			t.Errorf("%q: %+v, %v", file, s, err)
		}
	}
}

func FuzzParseFile(f *testing.F) {
	f.Add([]byte("base_path: /a\nidle_timeout: 1s\nconnections: [{name: a}]\nbrand: {name: b}\nlanguages: [de]"))
	f.Add([]byte("a: &a [*a]"))
	f.Add([]byte("brand: {name: !!binary x}\n? [1]\n: 2"))
	f.Fuzz(func(t *testing.T, file []byte) {
		s := Default()
		err := s.parse(file)
		for _, problem := range Problems(err) {
			if field := (*config.FieldError)(nil); !errors.As(problem, &field) {
				t.Errorf("%v is not about a setting", problem)
			}
		}
	})
}

// TestAllLanguages: "all" stands for the languages that are not named.
func TestAllLanguages(t *testing.T) {
	for yaml, first := range map[string]string{"languages: [all]": "en", "languages: [de, all]": "de", "languages: [pt-BR, de, all]": "pt-BR"} {
		s, err := merge(t, yaml+"\ndomain: base.auth0.com\nclient_id: base\nconnections: [{name: apple}]\n", nil)
		got := s.Config.Languages
		if err != nil || got[0] != first || len(got) != len(text.Languages()) {
			t.Errorf("%s: %v, %v", yaml, got, err)
		}
	}
	if _, err := merge(t, "languages: [all, de]\ndomain: base.auth0.com\nclient_id: base\nconnections: [{name: apple}]\n", nil); err != nil {
		t.Error(err)
	}
}

// TestTexts: the file has them by language and key, a plural in its forms; each mistake is named.
func TestTexts(t *testing.T) {
	const base = "domain: base.auth0.com\nclient_id: base\nconnections: [{name: apple}]\nlanguages: [all]\n"
	s, err := merge(t, base+"texts:\n  pt-BR: {welcome: Olá}\n  de:\n    found: {one: '{count} {total} a', other: '{count} {total} b'}\n", nil)
	if err != nil || s.Texts["pt-BR"]["welcome"] != "Olá" || s.Texts["de"]["found"].(map[string]any)["one"] != "{count} {total} a" {
		t.Errorf("%v, %v", s.Texts, err)
	}
	_, err = merge(t, base+"texts: {tlh: {welcome: x}, de: {velcome: x, welcome: '<b>'}}", nil)
	var fields []string
	for _, problem := range Problems(err) {
		var field *config.FieldError
		if errors.As(problem, &field) {
			fields = append(fields, field.Field)
		}
	}
	if want := []string{"texts.de.velcome", "texts.de.welcome", "texts.tlh"}; !slices.Equal(fields, want) {
		t.Errorf("the problems are of %q, want %q: %v", fields, want, err)
	}
}

// A command that has no flag for them, such as doctor, reads the texts of the file all the same:
// they are part of the site.
func TestTextsOfTheFileAlone(t *testing.T) {
	f := NewFlags(Tenant)
	f.File = filepath.Join(t.TempDir(), "twinlock.yaml")
	if err := os.WriteFile(f.File, []byte("texts: {en: {welcome: Hello}}\naddr: 0.0.0.0:1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err := f.Read(); err != nil || s.Texts["en"]["welcome"] != "Hello" || s.Addr == "0.0.0.0:1" {
		t.Errorf("%v, %q, %v", s.Texts, s.Addr, err)
	}
}
