// Package settings knows every setting of the site: [Table] describes each once,
// and flags, environment, file, --help and SETTINGS.md come from it. [Flags] are
// those of a command; [Flags.Read] merges them with the file into [Settings], which
// [Settings.Finish] completes and checks.
//
// To add a setting, give it a field, in [Settings] or in [config.Config], and a row
// in [Table].
package settings

import (
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"

	"twinlock/app/config"
	"twinlock/app/text"
	"twinlock/server/picture"
	"twinlock/server/serve"
	"twinlock/server/site"
)

// Settings are what the site is made of and how it is served.
type Settings struct {
	// Addr is where to listen, host:port.
	Addr string
	// BasePath is the folder that the site is served under, "/accounts"; empty for
	// the root.
	BasePath string
	// TLSCert and TLSKey are names of PEM files. Both are empty for plain HTTP.
	TLSCert, TLSKey string
	// AccessLog writes a line for each request.
	AccessLog bool
	// LogFormat is LogText or LogJSON.
	LogFormat string
	// Limits bound what a client may take of the server.
	Limits serve.Limits
	// Config is the page's own document, /config.json.
	Config config.Config
	// Texts are the operator's own words.
	Texts site.Texts
	// Pictures are the files that Config names.
	Pictures []picture.Picture

	// unread are the settings of the file that could not be read. That is told, and
	// nothing else about them.
	unread []string
}

// The forms of a log.
const (
	LogText = "text"
	LogJSON = "json"
)

// Use says what a setting is for, and so which commands have it.
type Use int

// The uses.
const (
	Listen  Use = iota // where the server listens: serve and dev
	Place              // where the site stands: serve, dev and export
	Tenant             // whose accounts the page is for: serve and export
	Page               // how the page looks and behaves: serve, dev and export
	Words              // what the page says: serve, dev and export
	Traffic            // how the server treats its clients: serve
)

// InPage reports whether settings for this use are part of the page's own document,
// [config.Config].
func (u Use) InPage() bool { return u == Tenant || u == Page }

// InSite reports whether settings for this use are part of what is served.
func (u Use) InSite() bool { return u.InPage() || u == Words }

// Setting describes one setting.
type Setting struct {
	// Name is its key in the file; "brand.name" is the key name in the map brand. The
	// flag and the variable follow from it: see FlagName and Variable.
	Name string
	// Use says what it is for.
	Use Use
	// Value stands for a value in --help: "HOST:PORT".
	Value string
	// Default applies where nothing is given. Nil if there is none, or none that is
	// always the same. The default of a setting that is in the page is made by
	// [config.Config.WithDefaults], and a test compares the two.
	Default any
	// DefaultIs is the default in words, where Default is nil or too long for --help.
	DefaultIs string
	// Help is one sentence, for --help and SETTINGS.md.
	Help string
	// More is what SETTINGS.md adds to Help, in Markdown.
	More string
	// Common settings are those that most people need: README.md has them.
	Common bool

	// field returns where the value goes: a pointer.
	field func(*Settings) any
	// check returns what is wrong with the value at the pointer, or "". It is nil for
	// settings that are in the page: [config.Config.Validate] checks those, in the
	// browser too.
	check func(any) string
}

// FlagName is the flag of a setting, without its dashes: "brand-accent-dark" for
// "brand.accent_dark".
func FlagName(setting string) string { return strings.NewReplacer(".", "-", "_", "-").Replace(setting) }

// Variable is the environment variable of a flag: "TWINLOCK_BASE_PATH" for
// "base-path".
func Variable(flag string) string {
	return "TWINLOCK_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// Default returns what applies before file, environment and flags. The page's document
// is empty: some of its defaults depend on other settings, so Finish fills them in.
func Default() Settings {
	var s Settings
	for _, row := range Table {
		if !row.Use.InPage() {
			row.reset(&s)
		}
	}
	return s
}

// reset puts a setting that is not in the page back to its default.
func (row Setting) reset(s *Settings) {
	target := reflect.ValueOf(row.field(s)).Elem()
	if row.Default == nil {
		target.SetZero()
		return
	}
	target.Set(reflect.ValueOf(row.Default))
}

// Finish fills in the defaults of the page's document and returns everything that is
// wrong, joined; each problem is a [config.FieldError]. What Read has told already is left
// out, and what comes of it.
func (s *Settings) Finish() error {
	s.Config = s.Config.WithDefaults()
	problems := s.checkTexts()
	for _, row := range Table {
		if row.check == nil {
			continue
		}
		if problem := row.check(row.field(s)); problem != "" {
			problems = append(problems, &config.FieldError{Field: row.Name, Problem: problem})
		}
	}
	s.BasePath, _ = site.CleanBasePath(s.BasePath) // an error is among the problems
	problems = append(problems, Problems(s.Config.Validate())...)
	return errors.Join(slices.DeleteFunc(problems, s.told)...)
}

// All stands in a list of languages for those that are not in it.
const All = "all"

func (s *Settings) allLanguages() {
	i := slices.Index(s.Config.Languages, All)
	if i < 0 {
		return
	}
	named := slices.Delete(slices.Clone(s.Config.Languages), i, i+1)
	rest := slices.DeleteFunc(slices.Clone(text.Languages()), func(l string) bool { return slices.Contains(named, l) })
	s.Config.Languages = slices.Insert(named, i, rest...)
}

// checkTexts returns what is wrong with the operator's own words.
func (s *Settings) checkTexts() (problems []error) {
	for _, language := range slices.Sorted(maps.Keys(s.Texts)) {
		if slices.Contains(text.Languages(), language) && !slices.Contains(s.Config.Languages, language) {
			problems = append(problems, &config.FieldError{Field: "texts." + language, Problem: "must be one of the languages that are set"})
		}
	}
	for _, err := range Problems(site.CheckTexts(s.Texts)) {
		var wrong *site.TextError
		if errors.As(err, &wrong) {
			field := strings.TrimRight("texts."+wrong.Language+"."+wrong.Key, ".")
			err = &config.FieldError{Field: field, Problem: wrong.Problem}
		}
		problems = append(problems, err)
	}
	return problems
}

// checkedBy has the settings that are checked by what another one says.
var checkedBy = map[string]string{
	"issuer": "domain", "links": "languages", "return_urls": "languages", "metadata_labels": "languages", "stored_elsewhere": "languages", "texts": "languages",
	"trusted_email": "connections",
}

// told reports whether a problem is about a setting that could not be read, or comes of one.
func (s *Settings) told(problem error) bool {
	var field *config.FieldError
	if !errors.As(problem, &field) {
		return false
	}
	name, _, _ := strings.Cut(field.Field, "[") // of connections[1].name
	if strings.HasPrefix(name, "texts.") {
		name = "texts"
	}
	return slices.Contains(s.unread, name) || slices.Contains(s.unread, checkedBy[name])
}

// Problems returns the single errors of a joined one, each about one setting.
func Problems(err error) []error {
	if err == nil {
		return nil
	}
	joined, is := err.(interface{ Unwrap() []error })
	if !is {
		return []error{err}
	}
	var all []error
	for _, e := range joined.Unwrap() {
		all = append(all, Problems(e)...)
	}
	return all
}
