package fault

import (
	"context"
	"errors"
)

func checkRefusal(parameters map[string]string) error {
	if len(parameters) > 0 && parameters["error"] == "" {
		return errors.New("refuse needs an error")
	}
	if _, has := parameters["state"]; has {
		return errors.New("refuse has no state but the request's")
	}
	return nil
}

type refusalKey struct{}

// withRefusal lets RefusalOf find the parameters.
func withRefusal(ctx context.Context, parameters map[string]string) context.Context {
	if len(parameters) == 0 {
		return ctx
	}
	return context.WithValue(ctx, refusalKey{}, parameters)
}

// RefusalOf returns the parameters with which a fault wants the authorization request
// with this context to be answered; nil if none does.
func RefusalOf(ctx context.Context) map[string]string {
	parameters, _ := ctx.Value(refusalKey{}).(map[string]string)
	return parameters
}
