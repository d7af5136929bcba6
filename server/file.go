package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"twinlock/app/config"
	"twinlock/app/strictjson"
)

// readFile reads settings from a YAML file; "" is no file. Its keys are those of
// [config.Config]'s JSON and those of [settings.own]. Each unknown key, wrong type
// and key given twice is an error.
func readFile(path string) (settings, error) {
	if path == "" {
		return defaultSettings(), nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return defaultSettings(), &config.FieldError{Field: "config", Problem: err.Error()}
	}
	return parseFile(data)
}

func parseFile(data []byte) (settings, error) {
	s := defaultSettings()
	if len(data) > config.MaxSize {
		return s, &config.FieldError{Field: "config", Problem: "file is too large"}
	}
	document, err := parseYAML(data)
	if err != nil {
		return s, &config.FieldError{Field: "config", Problem: err.Error()}
	}
	var problems []error
	for _, key := range slices.Sorted(maps.Keys(document)) {
		if err := s.set(key, document[key]); err != nil {
			problems = append(problems, err)
		}
	}
	return s, errors.Join(problems...)
}

func parseYAML(data []byte) (map[string]any, error) {
	var document map[string]any
	dec := yaml.NewDecoder(bytes.NewReader(data))
	if err := dec.Decode(&document); err != nil && !errors.Is(err, io.EOF) {
		return nil, yamlError(err)
	}
	if err := dec.Decode(new(any)); !errors.Is(err, io.EOF) {
		return nil, errors.New("holds more than one document")
	}
	return document, nil
}

// yamlError makes one line of the decoder's, which draws a picture.
func yamlError(err error) error {
	var detailed yaml.Error
	if !errors.As(err, &detailed) || detailed.GetToken() == nil {
		return fmt.Errorf("not YAML: %.200s", strings.Join(strings.Fields(err.Error()), " "))
	}
	return fmt.Errorf("line %d: %s", detailed.GetToken().Position.Line, detailed.GetMessage())
}

// set takes one setting of the file.
func (s *settings) set(key string, value any) error {
	if own := s.own(key); own != nil {
		return setOwn(own, key, value)
	}
	data, err := json.Marshal(map[string]any{key: value})
	if err != nil {
		return &config.FieldError{Field: key, Problem: "has a value that is no text, number, list or map"}
	}
	// encoding/json takes names in any case.
	err = strictjson.Check(data, func(name string) error {
		if strings.ToLower(name) != name {
			return fmt.Errorf("json: unknown field %q", name)
		}
		return nil
	})
	if err == nil {
		dec := json.NewDecoder(bytes.NewReader(data))
		dec.DisallowUnknownFields()
		err = dec.Decode(&s.Config)
	}
	return settingError(key, err)
}

// own is where a setting goes that the document for the browser does not have;
// nil for any other.
func (s *settings) own(key string) any {
	switch v := &s.Serving; key {
	case "addr":
		return &s.Addr
	case "base_path":
		return &s.BasePath
	case "tls_cert":
		return &v.TLSCert
	case "tls_key":
		return &v.TLSKey
	case "access_log":
		return &v.AccessLog
	case "log_format":
		return &v.LogFormat
	case "header_timeout":
		return &v.Limits.HeaderTimeout
	case "write_timeout":
		return &v.Limits.WriteTimeout
	case "idle_timeout":
		return &v.Limits.IdleTimeout
	case "drain_time":
		return &v.Limits.DrainTime
	case "stop_timeout":
		return &v.Limits.StopTimeout
	case "max_header_bytes":
		return &v.Limits.MaxHeaderBytes
	}
	return nil
}

// setOwn leaves the default where the file has a key without a value.
func setOwn(to any, key string, value any) error {
	if value == nil {
		return nil
	}
	wrong := func(want string) error { return &config.FieldError{Field: key, Problem: "must be " + want} }
	var ok bool
	switch to := to.(type) {
	case *string:
		if *to, ok = value.(string); !ok {
			return wrong("text")
		}
	case *bool:
		if *to, ok = value.(bool); !ok {
			return wrong("true or false")
		}
	case *int:
		n, ok := value.(uint64)
		if !ok || n > math.MaxInt32 {
			return wrong("a whole number")
		}
		*to = int(n)
	case *time.Duration:
		text, _ := value.(string)
		d, err := time.ParseDuration(text)
		if err != nil {
			return wrong("a time such as 30s")
		}
		*to = d
	}
	return nil
}

// settingError says what encoding/json has against a value in the words of the
// file.
func settingError(key string, err error) error {
	if err == nil {
		return nil
	}
	if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
		return &config.FieldError{Field: wrong.Field, Problem: fmt.Sprintf("must be %s, not a %s", kind(wrong.Type.Kind().String()), wrong.Value)}
	}
	_, unknown, found := strings.Cut(err.Error(), "unknown field ")
	if !found {
		return &config.FieldError{Field: key, Problem: err.Error()}
	}
	if unknown = strings.Trim(unknown, `"`); unknown == key {
		return &config.FieldError{Field: key, Problem: "there is no such setting"}
	}
	return &config.FieldError{Field: key, Problem: fmt.Sprintf("has no %q", unknown)}
}

func kind(of string) string {
	switch of {
	case "slice":
		return "a list"
	case "struct":
		return "a map"
	}
	return "text (perhaps in quotation marks)"
}
