package directory

// The claims of a user in tokens and of the userinfo endpoint, by scope (OpenID
// Connect Core, section 5.4).
var (
	profileClaims = []string{"name", "given_name", "family_name", "nickname", "picture", "updated_at"}
	emailClaims   = []string{"email", "email_verified"}
)

// ProfileClaims returns the claims of the scope profile. Those of a document have its
// own form, and are left out where it has none.
func (u *User) ProfileClaims() map[string]any { return u.claims(profileClaims) }

// EmailClaims returns the claims of the scope email, as ProfileClaims does.
func (u *User) EmailClaims() map[string]any { return u.claims(emailClaims) }

func (u *User) claims(names []string) map[string]any {
	p := u.Profile()
	all := map[string]any{
		"name": p.Name, "given_name": p.GivenName, "family_name": p.FamilyName, "nickname": p.Nickname, "picture": p.Picture,
		"updated_at": Timestamp(u.UpdatedAt), "email": p.Email, "email_verified": p.EmailVerified,
	}
	found := map[string]any{}
	for _, name := range names {
		if u.Document == nil {
			if name != "email" || p.Email != "" {
				found[name] = all[name]
			}
		} else if value, has := u.Document[name]; has {
			found[name] = value
		}
	}
	return found
}
