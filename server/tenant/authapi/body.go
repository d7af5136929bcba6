package authapi

import (
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strconv"

	"twinlock/server/tenant/decode"
)

// fields are the members of a body.
type fields map[string]any

// readFields reads a body of JSON or of a form.
func readFields(r *http.Request) (fields, error) {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch kind {
	case "application/x-www-form-urlencoded":
		if err := r.ParseForm(); err != nil {
			return nil, err
		}
		f := fields{}
		for name := range r.PostForm {
			f[name] = r.PostForm.Get(name)
		}
		return f, nil
	case "application/json":
		var f fields
		if err := decode.One(json.NewDecoder(r.Body), &f); err != nil {
			return nil, err
		}
		if f == nil {
			return nil, errors.New("the body is no JSON object")
		}
		return f, nil
	}
	// A page of any site may send other types without asking first.
	return nil, errors.New("the body is neither JSON nor a form")
}

// text returns a member that is text, "" for any other.
func (f fields) text(name string) string {
	value, _ := f[name].(string)
	return value
}

// object returns a member that is an object, nil for any other.
func (f fields) object(name string) map[string]any {
	value, _ := f[name].(map[string]any)
	return value
}

// form returns the members that are text or numbers as a form.
func (f fields) form() url.Values {
	form := url.Values{}
	for name, value := range f {
		switch v := value.(type) {
		case string:
			form.Set(name, v)
		case float64:
			form.Set(name, strconv.FormatFloat(v, 'f', -1, 64))
		}
	}
	return form
}
