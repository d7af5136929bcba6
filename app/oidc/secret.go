package oidc

import "twinlock/app/secret"

// Secret is a token of any kind. Printed, logged or marshalled it shows "[redacted]".
type Secret = secret.Token
