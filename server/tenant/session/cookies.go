package session

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"

	"twinlock/server/tenant/issuer"
)

// Cookies are those of a tenant. All ports of a host share theirs, so the names tell
// the tenants apart.
type Cookies struct {
	issuer issuer.Issuer
}

func (c Cookies) name(purpose string) string {
	sum := sha256.Sum256([]byte(c.issuer.URL()))
	return purpose + "-" + hex.EncodeToString(sum[:4])
}

// Set sets the cookie of a purpose for maxAge seconds; a negative one removes it.
// Frames of other sites get it too, which silent sign-in needs and Auth0 does.
// Browsers allow that on https only.
func (c Cookies) Set(w http.ResponseWriter, purpose, value string, maxAge int) {
	cookie := &http.Cookie{
		Name: c.name(purpose), Value: value, Path: "/", MaxAge: maxAge, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
	if !c.issuer.Insecure() {
		cookie.Secure, cookie.SameSite = true, http.SameSiteNoneMode
	}
	http.SetCookie(w, cookie)
}

// Get returns the cookie of a purpose, "" if there is none.
func (c Cookies) Get(r *http.Request, purpose string) string {
	cookie, err := r.Cookie(c.name(purpose))
	if err != nil {
		return ""
	}
	return cookie.Value
}
