package managementapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
)

func errTooLarge(limit int64) apiError {
	return apiError{Status: http.StatusRequestEntityTooLarge,
		Message: "Payload content length greater than maximum allowed: " + strconv.FormatInt(limit, 10)}
}

// readObject reads the body: a JSON object, or a form, whose values are texts.
// https://auth0.com/docs/api/management/v2/users/post-identities
func readObject(r *http.Request) (map[string]json.RawMessage, error) {
	body, err := io.ReadAll(r.Body)
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		return nil, errTooLarge(tooLarge.Limit)
	}
	if err != nil {
		return nil, err
	}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == "application/x-www-form-urlencoded" {
		return formObject(string(body))
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(bytes.TrimSpace(body), &fields); err != nil || fields == nil {
		return nil, errInvalidBody
	}
	return fields, nil
}

func formObject(body string) (map[string]json.RawMessage, error) {
	form, err := url.ParseQuery(body)
	if err != nil {
		return nil, errInvalidBody
	}
	fields := map[string]json.RawMessage{}
	for name, values := range form {
		if len(values) != 1 {
			return nil, errInvalidBody
		}
		value, err := json.Marshal(values[0])
		if err != nil {
			return nil, err
		}
		fields[name] = value
	}
	return fields, nil
}
