package tenant

import (
	"encoding/json"
	"errors"
	"mime"
	"net/http"

	"twinlock/server/tenant/decode"
	"twinlock/server/tenant/password"
	"twinlock/server/tenant/reply"
)

// An authError is the body of a failed call of the Authentication API outside
// OAuth's endpoints. Name is of the database calls, which say code and
// description where the others say error and error_description.
type authError struct {
	Status      int
	Name        string
	Code        string
	Description string
}

func (e authError) Error() string { return e.Description }

// MarshalJSON writes the vendor's form.
func (e authError) MarshalJSON() ([]byte, error) {
	if e.Name == "" {
		return json.Marshal(map[string]string{"error": e.Code, "error_description": e.Description})
	}
	return json.Marshal(map[string]any{"name": e.Name, "code": e.Code, "description": e.Description, "statusCode": e.Status})
}

// failAuth answers with the error: the API's own, or 500 for one it does not know.
func (t *Tenant) failAuth(w http.ResponseWriter, err error) {
	reply.NoStore(w)
	var weak password.WeakError
	if errors.As(err, &weak) {
		reply.JSON(w, http.StatusBadRequest, weak)
		return
	}
	var known authError
	if !errors.As(err, &known) {
		t.log.Error("authentication API", "error", err)
		known = authError{Status: http.StatusInternalServerError, Code: "server_error", Description: "Internal error"}
	}
	reply.JSON(w, known.Status, known)
}

// readFields reads a body of JSON or of a form. Members that are neither text
// nor a number count as absent in the form's view.
func readFields(r *http.Request) (map[string]any, error) {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind == "application/x-www-form-urlencoded" {
		if err := r.ParseForm(); err != nil {
			return nil, err
		}
		fields := map[string]any{}
		for name := range r.PostForm {
			fields[name] = r.PostForm.Get(name)
		}
		return fields, nil
	}
	if kind != "application/json" {
		// A page of any site may send other types without asking first.
		return nil, errors.New("the body is neither JSON nor a form")
	}
	var fields map[string]any
	if err := decode.One(json.NewDecoder(r.Body), &fields); err != nil {
		return nil, err
	}
	if fields == nil {
		return nil, errors.New("the body is not a JSON object")
	}
	return fields, nil
}

func text(fields map[string]any, name string) string {
	value, _ := fields[name].(string)
	return value
}

func object(fields map[string]any, name string) map[string]any {
	value, _ := fields[name].(map[string]any)
	return value
}
