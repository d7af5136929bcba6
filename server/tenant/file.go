package tenant

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"twinlock/server/strictyaml"
)

// maxFile bounds the file of options, in bytes.
const maxFile = 1 << 20

// ReadOptions reads options from YAML; README.md has all its keys. What the file
// leaves out is as in defaults. Unknown keys, wrong types, keys given twice and
// whatever Check finds are each a Problem; the error is all of them, joined.
func ReadOptions(data []byte, defaults Options) (Options, error) {
	document, err := strictyaml.Parse(data, maxFile)
	if err != nil {
		return Options{}, unreadable(err)
	}
	o := defaults
	var c checker
	c.decode("", document, reflect.ValueOf(&o).Elem())
	return o, errors.Join(errors.Join(c...), o.Check())
}

// unreadable makes a Problem of the line that cannot be read, or of the file.
func unreadable(err error) error {
	var at *strictyaml.Error
	if errors.As(err, &at) && at.Line > 0 {
		return Problem{fmt.Sprintf("line %d", at.Line), at.Problem}
	}
	return Problem{"file", err.Error()}
}

// decode puts the value into the target, by the target's yaml tags. Decoders
// stop at the first thing that is wrong; this tells all of them.
func (c *checker) decode(at string, value any, to reflect.Value) {
	if value == nil {
		return
	}
	if to.Type() == reflect.TypeFor[json.RawMessage]() {
		c.decodeJSON(at, value, to)
		return
	}
	switch to.Kind() {
	case reflect.Struct:
		c.decodeStruct(at, value, to)
	case reflect.Slice:
		c.decodeSlice(at, value, to)
	case reflect.Map:
		c.decodeMap(at, value, to)
	case reflect.String:
		c.assign(at, value, to, reflect.String, "text (perhaps in quotation marks)")
	case reflect.Bool:
		c.assign(at, value, to, reflect.Bool, "true or false")
	default:
		c.decodeNumber(at, value, to)
	}
}

// decodeJSON leaves a text of JSON as it is, and makes JSON of anything else.
func (c *checker) decodeJSON(at string, value any, to reflect.Value) {
	data, err := json.Marshal(value)
	if text, is := value.(string); is {
		data = []byte(text)
	}
	if err != nil || !json.Valid(data) {
		c.add(at, "must be JSON")
		return
	}
	to.SetBytes(data)
}

func (c *checker) assign(at string, value any, to reflect.Value, kind reflect.Kind, wanted string) {
	v := reflect.ValueOf(value)
	if v.Kind() != kind {
		c.add(at, "must be %s", wanted)
		return
	}
	to.Set(v.Convert(to.Type()))
}

func (c *checker) decodeNumber(at string, value any, to reflect.Value) {
	v := reflect.ValueOf(value)
	switch {
	case v.CanFloat() && to.CanFloat(), v.CanInt() && v.Int() == int64(int32(v.Int())), v.CanUint() && v.Uint() <= 1<<31:
		to.Set(v.Convert(to.Type()))
	default:
		c.add(at, "must be a number")
	}
}

func (c *checker) decodeSlice(at string, value any, to reflect.Value) {
	list, ok := value.([]any)
	if !ok {
		c.add(at, "must be a list")
		return
	}
	to.Set(reflect.MakeSlice(to.Type(), len(list), len(list)))
	for n, item := range list {
		c.decode(fmt.Sprintf("%s[%d]", at, n), item, to.Index(n))
	}
}

// decodeMap keeps a map of anything as it is.
func (c *checker) decodeMap(at string, value any, to reflect.Value) {
	m, ok := value.(map[string]any)
	switch {
	case !ok:
		c.add(at, "must be a map")
	case to.Type().Elem().Kind() == reflect.Interface:
		to.Set(reflect.ValueOf(m))
	default:
		to.Set(reflect.MakeMap(to.Type()))
		for _, name := range slices.Sorted(maps.Keys(m)) {
			item := reflect.New(to.Type().Elem()).Elem()
			c.decode(at+"."+name, m[name], item)
			to.SetMapIndex(reflect.ValueOf(name), item)
		}
	}
}

func (c *checker) decodeStruct(at string, value any, to reflect.Value) {
	m, ok := value.(map[string]any)
	if !ok {
		c.add(cmp.Or(at, "file"), "must be a map")
		return
	}
	fields := fieldsOf(to)
	for _, name := range slices.Sorted(maps.Keys(m)) {
		path := strings.TrimPrefix(at+"."+name, ".")
		if field, known := fields[name]; known {
			c.decode(path, m[name], field)
			continue
		}
		c.add(path, "there is no such setting")
	}
}

// fieldsOf are the fields by their tag, with those of an embedded structure.
func fieldsOf(to reflect.Value) map[string]reflect.Value {
	fields := map[string]reflect.Value{}
	for n := range to.NumField() {
		switch f := to.Type().Field(n); {
		case f.Anonymous:
			maps.Copy(fields, fieldsOf(to.Field(n)))
		case f.Tag.Get("yaml") != "-":
			fields[f.Tag.Get("yaml")] = to.Field(n)
		}
	}
	return fields
}
