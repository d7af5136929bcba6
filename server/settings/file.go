package settings

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"

	"twinlock/app/config"
	"twinlock/app/strictjson"
	"twinlock/app/text"
	"twinlock/server/strictyaml"
)

// readFile reads a YAML file over the settings; "" is no file. Each unknown key,
// wrong type and key given twice is a [config.FieldError].
func (s *Settings) readFile(path string) error {
	if path == "" {
		return nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return &config.FieldError{Field: "config", Problem: err.Error()}
	}
	return s.parse(data)
}

func (s *Settings) parse(data []byte) error {
	document, err := strictyaml.Parse(data, config.MaxSize)
	if err != nil {
		return &config.FieldError{Field: "config", Problem: err.Error()}
	}
	settings, ok := document.(map[string]any)
	if !ok && document != nil {
		return &config.FieldError{Field: "config", Problem: "must be a map of settings"}
	}
	var problems []error
	for _, key := range slices.Sorted(maps.Keys(settings)) {
		problems = append(problems, s.set(key, settings[key]))
	}
	return errors.Join(problems...)
}

// set reads one key of the file: a setting, or the map that several are in.
func (s *Settings) set(key string, value any) error {
	if row, known := find(key); known && !strings.Contains(key, ".") {
		labelsByLanguage(value)
		if value == All && row.Name == "languages" {
			value = []any{All}
		}
		return s.decode(row, value)
	}
	if !slices.ContainsFunc(Table, func(row Setting) bool { return strings.HasPrefix(row.Name, key+".") }) {
		return &config.FieldError{Field: key, Problem: "there is no such setting" + suggestion(key)}
	}
	settings, ok := value.(map[string]any)
	if !ok && value != nil {
		return &config.FieldError{Field: key, Problem: "must be a map"}
	}
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		row, known := find(key + "." + name)
		if !known {
			problems = append(problems, &config.FieldError{Field: key, Problem: fmt.Sprintf("has no %q", name)})
			continue
		}
		problems = append(problems, s.decode(row, settings[name]))
	}
	return errors.Join(problems...)
}

func (s *Settings) decode(row Setting, value any) error {
	err := decode(row.Name, value, row.field(s))
	if err != nil {
		s.unread = append(s.unread, row.Name)
	}
	return err
}

// labelsByLanguage gives connections whose label is a map what the page's document has for
// it. Other values it leaves as they are.
func labelsByLanguage(value any) {
	connections, _ := value.([]any)
	for _, item := range connections {
		connection, _ := item.(map[string]any)
		if labels, is := connection["label"].(map[string]any); is && connection["labels"] == nil {
			connection["labels"] = labels
			delete(connection, "label")
		}
	}
}

func find(name string) (Setting, bool) {
	i := slices.IndexFunc(Table, func(row Setting) bool { return row.Name == name })
	if i < 0 {
		return Setting{}, false
	}
	return Table[i], true
}

// decode puts a value of the file where a setting has its own. A key without a value
// changes nothing.
func decode(name string, value, to any) error {
	if value == nil {
		return nil
	}
	if d, is := to.(*time.Duration); is {
		text, _ := value.(string)
		parsed, err := time.ParseDuration(text)
		if err != nil {
			return &config.FieldError{Field: name, Problem: "must be a time such as 30s"}
		}
		*d = parsed
		return nil
	}
	data, err := json.Marshal(value)
	if err != nil {
		return &config.FieldError{Field: name, Problem: "has a value that is no text, number, list or map"}
	}
	// encoding/json ignores the case of a name.
	if err := strictjson.Check(data, lowerCase); err != nil {
		return fileError(name, err)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	return fileError(name, d.Decode(to))
}

func lowerCase(name string) error {
	if !slices.Contains(text.Languages(), name) && strings.ToLower(name) != name {
		return fmt.Errorf("json: unknown field %q", name)
	}
	return nil
}

// fileError says in the words of the file what encoding/json reports about a value.
func fileError(name string, err error) error {
	if err == nil {
		return nil
	}
	if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
		field := strings.TrimSuffix(name+"."+wrong.Field, ".")
		return &config.FieldError{Field: field, Problem: "must be " + typeName(wrong.Type)}
	}
	if _, unknown, is := strings.Cut(err.Error(), "unknown field "); is {
		return &config.FieldError{Field: name, Problem: "has no " + unknown}
	}
	return &config.FieldError{Field: name, Problem: err.Error()}
}

func typeName(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Slice:
		return "a list"
	case reflect.Struct, reflect.Map:
		return "a map"
	case reflect.Bool:
		return "true or false"
	case reflect.Int:
		return "a whole number"
	}
	return "text (perhaps in quotation marks)"
}
