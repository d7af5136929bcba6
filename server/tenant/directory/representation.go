package directory

import (
	"bytes"
	"encoding/json"
	"time"
)

// A Representation is a user as the Management API writes it.
// https://auth0.com/docs/api/management/v2/users/get-users-by-id
type Representation struct {
	AppMetadata   map[string]any           `json:"app_metadata,omitempty"`
	Blocked       bool                     `json:"blocked,omitempty"`
	CreatedAt     string                   `json:"created_at"`
	Email         string                   `json:"email,omitempty"`
	EmailVerified bool                     `json:"email_verified"`
	FamilyName    string                   `json:"family_name,omitempty"`
	GivenName     string                   `json:"given_name,omitempty"`
	Identities    []IdentityRepresentation `json:"identities"`
	Multifactor   []string                 `json:"multifactor,omitempty"` // "guardian", seen in public programs
	Name          string                   `json:"name,omitempty"`
	Nickname      string                   `json:"nickname,omitempty"`
	PhoneNumber   string                   `json:"phone_number,omitempty"`
	PhoneVerified bool                     `json:"phone_verified,omitempty"`
	Picture       string                   `json:"picture,omitempty"`
	UpdatedAt     string                   `json:"updated_at"`
	UserID        string                   `json:"user_id"`
	UserMetadata  map[string]any           `json:"user_metadata,omitempty"`
	LastLogin     string                   `json:"last_login,omitempty"`
	LoginsCount   int                      `json:"logins_count,omitempty"`

	document Document // is written instead, if there is one
}

// An IdentityRepresentation is an identity as the Management API writes it.
type IdentityRepresentation struct {
	// ProfileData is nil on the first identity of a user.
	ProfileData *Profile `json:"profileData,omitempty"`
	Connection  string   `json:"connection"`
	// UserID is the provider's id, without a prefix.
	UserID   string `json:"user_id"`
	Provider string `json:"provider"`
	IsSocial bool   `json:"isSocial"`

	document json.RawMessage // is written instead, if there is one
}

// Represent returns what the Management API tells of the user. A user that came as a
// document is written as that document, whatever the fields say.
func (u *User) Represent() Representation {
	p := u.Profile()
	r := Representation{
		CreatedAt: Timestamp(u.CreatedAt), UpdatedAt: Timestamp(u.UpdatedAt),
		Email: p.Email, EmailVerified: p.EmailVerified, PhoneNumber: p.PhoneNumber, PhoneVerified: p.PhoneVerified,
		Name: p.Name, GivenName: p.GivenName, FamilyName: p.FamilyName, Nickname: p.Nickname, Picture: p.Picture,
		UserID: u.ID(), UserMetadata: u.Metadata, AppMetadata: u.AppMetadata, Blocked: u.Blocked, LoginsCount: u.Logins,
		document: u.Document,
	}
	if !u.LastLogin.IsZero() {
		r.LastLogin = Timestamp(u.LastLogin)
	}
	if u.OTPSecret != "" {
		r.Multifactor = []string{"guardian"}
	}
	for n, i := range u.Identities {
		r.Identities = append(r.Identities, i.represent(n > 0))
	}
	return r
}

// RepresentIdentities returns the answer to linking and unlinking. Unlike Represent it
// has profileData on the first identity too.
func (u *User) RepresentIdentities() []IdentityRepresentation {
	var list []IdentityRepresentation
	for _, i := range u.Identities {
		list = append(list, i.represent(true))
	}
	return list
}

func (i Identity) represent(withProfile bool) IdentityRepresentation {
	r := IdentityRepresentation{Connection: i.Connection, UserID: i.ID, Provider: i.Provider, IsSocial: i.Social,
		document: i.Document}
	if withProfile {
		r.ProfileData = &i.Profile
	}
	return r
}

// Timestamp returns Auth0's form of a time: UTC with milliseconds.
func Timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z07:00") }

// The representations without their methods.
type (
	plainUser     Representation
	plainIdentity IdentityRepresentation
)

// MarshalJSON writes the user, or its document.
func (r Representation) MarshalJSON() ([]byte, error) {
	if r.document != nil {
		return marshal(r.document)
	}
	return marshal(plainUser(r))
}

// MarshalJSON writes the identity, or its document.
func (r IdentityRepresentation) MarshalJSON() ([]byte, error) {
	if r.document != nil {
		return r.document, nil
	}
	return marshal(plainIdentity(r))
}

// marshal is json.Marshal without escapes for HTML, which a document may not have.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// UnmarshalJSON reads what it can of a user in whatever form: members of another type
// count as absent. It returns an error for what is not a JSON object.
func (r *Representation) UnmarshalJSON(data []byte) error {
	d := readDocument(data)
	if d == nil {
		return errNoDocument
	}
	p := profileIn(d)
	*r = Representation{
		UserID: idIn(d["user_id"]), Blocked: isTrue(d["blocked"]),
		CreatedAt: textIn(d["created_at"]), UpdatedAt: textIn(d["updated_at"]), LastLogin: textIn(d["last_login"]),
		Email: p.Email, EmailVerified: p.EmailVerified, PhoneNumber: p.PhoneNumber, PhoneVerified: p.PhoneVerified,
		Name: p.Name, GivenName: p.GivenName, FamilyName: p.FamilyName, Nickname: p.Nickname, Picture: p.Picture,
	}
	for name, to := range map[string]any{
		"user_metadata": &r.UserMetadata, "app_metadata": &r.AppMetadata,
		"logins_count": &r.LoginsCount, "multifactor": &r.Multifactor, "identities": &r.Identities,
	} {
		json.Unmarshal(d[name], to) // whatever else it is counts as absent
	}
	return nil
}

// UnmarshalJSON reads what it can of an identity in whatever form.
func (r *IdentityRepresentation) UnmarshalJSON(data []byte) error {
	d := readDocument(data)
	*r = IdentityRepresentation{
		Connection: textIn(d["connection"]), UserID: idIn(d["user_id"]),
		Provider: textIn(d["provider"]), IsSocial: isTrue(d["isSocial"]),
	}
	if profile := readDocument(d["profileData"]); profile != nil {
		p := profileIn(profile)
		r.ProfileData = &p
	}
	return nil
}
