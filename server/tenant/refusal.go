package tenant

import (
	"context"
	"errors"
	"net/http"

	"twinlock/server/tenant/reply"
)

// A refusal is an error that the client gets at its redirect_uri, in the response
// mode and with the state of its request: error, error_description, and whatever else
// a tenant may add. Empty: none.
type refusal map[string]string

func (f refusal) check() error {
	if len(f) > 0 && f["error"] == "" {
		return errors.New("refuse needs an error")
	}
	if _, has := f["state"]; has {
		return errors.New("refuse has no state but the request's")
	}
	return nil
}

type refusalKey struct{}

// within lets the handlers of a request find the refusal.
func (f refusal) within(ctx context.Context) context.Context {
	if len(f) == 0 {
		return ctx
	}
	return context.WithValue(ctx, refusalKey{}, f)
}

// refused answers an authorization request with the refusal that a fault wants, if
// any.
func (t *Tenant) refused(w http.ResponseWriter, r *http.Request, request *authRequest) bool {
	f, ok := r.Context().Value(refusalKey{}).(refusal)
	if !ok {
		return false
	}
	a := answer{{"state", request.asked.State}}
	for name, value := range f {
		a = append(a, parameter{name, value})
	}
	t.answer(w, r, request, a)
	return true
}

// withHeaders puts headers in the place of the handler's own, just before its answer
// leaves. An empty one takes the handler's away.
func withHeaders(headers map[string]string, next http.Handler) http.Handler {
	if len(headers) == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sw := &reply.Writer{ResponseWriter: w, Before: func() {
			for name, value := range headers {
				if w.Header().Del(name); value != "" {
					w.Header().Set(name, value)
				}
			}
		}}
		next.ServeHTTP(sw, r)
		if sw.Status == 0 {
			sw.WriteHeader(http.StatusOK)
		}
	})
}
