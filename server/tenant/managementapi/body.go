package managementapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
)

func errTooLarge(limit int64) apiError {
	return apiError{Status: http.StatusRequestEntityTooLarge,
		Message: "Payload content length greater than maximum allowed: " + strconv.FormatInt(limit, 10)}
}

// readObject reads the body as a JSON object.
func readObject(r *http.Request) (map[string]json.RawMessage, error) {
	body, err := io.ReadAll(r.Body)
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		return nil, errTooLarge(tooLarge.Limit)
	}
	if err != nil {
		return nil, err
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(bytes.TrimSpace(body), &fields); err != nil || fields == nil {
		return nil, errInvalidBody
	}
	return fields, nil
}
