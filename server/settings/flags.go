package settings

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"twinlock/app/config"
	"twinlock/app/text"
	"twinlock/server/site"
)

// Flags are the flags of a command for its settings, and --config. A command for
// kong embeds it, made by [NewFlags].
type Flags struct {
	File string `name:"config" placeholder:"FILE" help:"YAML file with settings."`
	// Plugins has the structure that kong fills: a field for each of the rows.
	kong.Plugins

	rows []Setting
}

// NewFlags returns the flags of all settings for these uses.
func NewFlags(uses ...Use) Flags {
	var f Flags
	var fields []reflect.StructField
	for _, row := range Table {
		if slices.Contains(uses, row.Use) {
			f.rows = append(f.rows, row)
			fields = append(fields, row.flag(fmt.Sprintf("Flag%d", len(fields))))
		}
	}
	f.Plugins = kong.Plugins{reflect.New(reflect.StructOf(fields)).Interface()}
	return f
}

// flag is the field of a structure for kong. It stays nil where neither a flag nor
// the environment gives a value.
func (row Setting) flag(name string) reflect.StructField {
	target := reflect.TypeOf(row.field(new(Settings))).Elem()
	field := reflect.StructField{Name: name, Type: reflect.PointerTo(target)}
	if target.Kind() == reflect.Slice || target.Kind() == reflect.Map {
		field.Type = reflect.TypeFor[[]string]()
	}
	tag := fmt.Sprintf("name:%q placeholder:%q help:%q", FlagName(row.Name), row.Value, row.help())
	if target == reflect.TypeFor[[]config.Sentence]() || target == reflect.TypeFor[site.Texts]() { // sentences have commas
		tag += ` sep:"none"`
	}
	if target.Kind() == reflect.Bool {
		tag += ` negatable:""`
	}
	field.Tag = reflect.StructTag(tag)
	return field
}

// Read merges the defaults, the file and the flags, in this order. It ignores how the
// file serves where the command has no such flags: all commands can use one file.
// Each problem is a [config.FieldError]; Finish is still to be called.
func (f Flags) Read() (Settings, error) {
	s := Default()
	err := s.readFile(f.File)
	for _, row := range Table {
		if !row.Use.InSite() && !f.has(row.Name) {
			row.reset(&s)
		}
	}
	f.override(&s)
	s.allLanguages()
	return s, errors.Join(err, s.readPictures(f.File))
}

func (f Flags) has(name string) bool {
	return slices.ContainsFunc(f.rows, func(row Setting) bool { return row.Name == name })
}

func (f Flags) override(s *Settings) {
	values := reflect.ValueOf(f.Plugins[0]).Elem()
	given := map[string]bool{}
	for i, row := range f.rows {
		value := values.Field(i)
		given[row.Name] = !value.IsNil() && (value.Kind() != reflect.Slice || value.Len() > 0)
	}
	// Domain and issuer are two ways to say one thing. A flag for one of them replaces
	// both of the file.
	if given["domain"] || given["issuer"] {
		s.Config.Domain, s.Config.Issuer = "", ""
	}
	for i, row := range f.rows {
		if !given[row.Name] {
			continue
		}
		switch to := row.field(s).(type) {
		case *[]config.Connection:
			*to = parseConnections(values.Field(i).Interface().([]string))
		case *[]config.Link:
			*to = parseLinks(values.Field(i).Interface().([]string))
		case *[]config.MetadataLabel:
			*to = parseMetadataLabels(values.Field(i).Interface().([]string))
		case *[]config.Sentence:
			*to = parseSentences(values.Field(i).Interface().([]string))
		case *site.Texts:
			*to = parseTexts(values.Field(i).Interface().([]string))
		case *[]string:
			*to = values.Field(i).Interface().([]string)
		default:
			reflect.ValueOf(to).Elem().Set(values.Field(i).Elem())
		}
	}
}

// Environment resolves a flag --base-path by the variable TWINLOCK_BASE_PATH. An
// empty variable counts as none.
func Environment(lookup func(name string) (string, bool)) kong.Resolver {
	return kong.ResolverFunc(func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
		if value, _ := lookup(Variable(flag.Name)); value != "" && flag.Name != "help" {
			return value, nil
		}
		return nil, nil
	})
}

// parseConnections reads connections as flags give them: "google-oauth2" or
// "acme:samlp=Acme's own". Whether they can be is for the page's document to check.
func parseConnections(flags []string) []config.Connection {
	var list []config.Connection
	for _, flag := range flags {
		name, label, _ := strings.Cut(flag, "=")
		name, strategy, _ := strings.Cut(name, ":")
		list = append(list, config.Connection{Name: name, Strategy: strategy, Label: label})
	}
	return list
}

// parseLinks reads links as flags give them: "Password=https://id.example/password" or
// "de:Passwort=https://id.example/password". Whether they can be is for the page's document
// to check.
func parseLinks(flags []string) []config.Link {
	var list []config.Link
	for _, flag := range flags {
		label, url, _ := strings.Cut(flag, "=")
		language, label := cutLanguage(label)
		list = append(list, config.Link{Label: label, URL: url, Language: language})
	}
	return list
}

// parseMetadataLabels reads labels of keys likewise: "theme=Design" or "de:theme=Aussehen".
func parseMetadataLabels(flags []string) []config.MetadataLabel {
	var list []config.MetadataLabel
	for _, flag := range flags {
		key, label, _ := strings.Cut(flag, "=")
		language, key := cutLanguage(key)
		list = append(list, config.MetadataLabel{Key: key, Label: label, Language: language})
	}
	return list
}

// parseSentences reads sentences likewise: "Your orders stay." or "de:Ihre Bestellungen bleiben."
func parseSentences(flags []string) []config.Sentence {
	var list []config.Sentence
	for _, flag := range flags {
		language, sentence := cutLanguage(flag)
		list = append(list, config.Sentence{Words: sentence, Language: language})
	}
	return list
}

// parseTexts reads texts: "de:welcome=Willkommen".
func parseTexts(flags []string) site.Texts {
	texts := site.Texts{}
	for _, flag := range flags {
		key, said, _ := strings.Cut(flag, "=")
		language, key, _ := strings.Cut(key, ":")
		if texts[language] == nil {
			texts[language] = map[string]any{}
		}
		texts[language][key] = said
	}
	return texts
}

// cutLanguage cuts "de:" off, if that is a language there is.
func cutLanguage(s string) (language, rest string) {
	if language, rest, found := strings.Cut(s, ":"); found && slices.Contains(text.Languages(), language) {
		return language, rest
	}
	return "", s
}
