package tenant

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"twinlock/server/tenant/account"
	"twinlock/server/tenant/connection"
	"twinlock/server/tenant/directory"
	"twinlock/server/tenant/issuer"
	"twinlock/server/tenant/oauth"
	"twinlock/server/tenant/password"
)

// A Problem is one thing that is wrong with Options, in the terms of the file.
type Problem struct {
	// Field is where, e.g. "clients[0].callbacks[1]".
	Field string
	// Text is what, e.g. "must be given".
	Text string
}

func (p Problem) Error() string { return p.Field + ": " + p.Text }

// Check returns every Problem, joined; nil if the options can be used. It does not check
// what no file can say: Issuer, DataDir, Logger, Now.
func (o Options) Check() error {
	o = o.withDefaults()
	var c checker
	if wrong := issuer.CheckDomain(o.CustomDomain); wrong != "" {
		c.add("custom_domain", "%q %s", o.CustomDomain, wrong)
	}
	c.clients(o)
	c.connections(o.Connections)
	if !slices.Contains([]oauth.UserAccess{"", oauth.AllowAll, oauth.RequireClientGrant, oauth.DenyAll}, o.UserAccess) {
		c.add("user_access", "must be allow_all, require_client_grant or deny_all")
	}
	c.organizations(o.Organizations, c.users(o))
	if !o.Branding.HasValidColor() {
		c.add("branding.primary_color", "must look like #2b4c9b")
	}
	if o.RateLimit.PerSecond < 0 || o.RateLimit.Burst < 0 {
		c.add("rate_limit", "must not be negative")
	}
	if (o.RateLimit.PerSecond == 0) != (o.RateLimit.Burst == 0) {
		c.add("rate_limit", "needs both per_second and burst")
	}
	if o.ProfileLimit < 0 {
		c.add("profile_limit", "must not be negative")
	}
	if o.LoginLimit.Window < 0 {
		c.add("login_limit.window", "must not be negative")
	}
	return errors.Join(c...)
}

// A checker collects problems.
type checker []error

func (c *checker) add(field, text string, args ...any) {
	*c = append(*c, Problem{field, fmt.Sprintf(text, args...)})
}

// once adds a problem if the name is empty or has been seen.
func (c *checker) once(seen map[string]bool, field, name string) {
	switch {
	case name == "":
		c.add(field, "must be given")
	case seen[name]:
		c.add(field, "%q is given twice", name)
	}
	seen[name] = true
}

func (c *checker) clients(o Options) {
	if len(o.Clients) == 0 {
		c.add("clients", "there is no client")
	}
	seen := map[string]bool{}
	for n, client := range o.Clients {
		at := fmt.Sprintf("clients[%d].", n)
		c.once(seen, at+"id", client.ID)
		c.all(at+"callbacks", client.Callbacks, absolute)
		c.all(at+"logout_urls", client.LogoutURLs, absolute)
		c.all(at+"web_origins", client.WebOrigins, origin)
		c.all(at+"grants", client.Grants, oneOf(oauth.Grants()))
		if !client.OrganizationUsage.IsKnown() {
			c.add(at+"organization_usage", "must be deny, allow or require")
		}
		c.all(at+"scopes", client.Scopes, oneOf(oauth.MachineScopes()))
		c.all(at+"connections", client.Connections, func(name string) string {
			if !slices.ContainsFunc(o.Connections, func(c Connection) bool { return c.Name == name }) {
				return "is no connection of the tenant"
			}
			return ""
		})
		if slices.Contains(client.Grants, GrantClientCredentials) && client.Secret == "" {
			c.add(at+"secret", "must be given for %s", GrantClientCredentials)
		}
		for field, lifetime := range map[string]Seconds{
			"id_token_lifetime": client.IDTokenLifetime, "access_token_lifetime": client.AccessTokenLifetime,
			"implicit_access_token_lifetime": client.ImplicitAccessTokenLifetime,
			"refresh_token.lifetime":         client.RefreshTokens.Lifetime, "refresh_token.leeway": client.RefreshTokens.Leeway,
		} {
			if lifetime < 0 {
				c.add(at+field, "must not be negative")
			}
		}
	}
}

// all adds what is wrong with each value of a list.
func (c *checker) all(field string, values []string, wrong func(string) string) {
	for n, value := range values {
		if text := wrong(value); text != "" {
			c.add(fmt.Sprintf("%s[%d]", field, n), "%q %s", value, text)
		}
	}
}

func absolute(address string) string {
	if u, err := url.Parse(address); err != nil || u.Host == "" {
		return "is no absolute URL"
	}
	return ""
}

func origin(address string) string {
	if address != issuer.Origin(address) {
		return "is no origin such as http://127.0.0.1:8000"
	}
	return ""
}

func oneOf(known []string) func(string) string {
	return func(value string) string {
		if !slices.Contains(known, value) {
			return "is not known; there are " + strings.Join(known, ", ")
		}
		return ""
	}
}

// idPattern excludes what means something in a path or a user_id.
var idPattern = regexp.MustCompile(`^[A-Za-z0-9._~-]{1,128}$`)

func (c *checker) connections(list []Connection) {
	seen := map[string]bool{}
	for n, source := range list {
		at := fmt.Sprintf("connections[%d].", n)
		c.once(seen, at+"name", source.Name)
		if !idPattern.MatchString(source.Strategy) {
			c.add(at+"strategy", "must be auth0 for a database, email or sms for codes, or a social provider's such as google-oauth2")
		}
		for _, name := range slices.Sorted(maps.Keys(source.UpstreamParams)) {
			if wrong := source.CheckUpstream(name); wrong != "" {
				c.add(at+"upstream_params."+name, "%s", wrong)
			}
		}
		if !slices.Contains(password.Policies(), source.PasswordPolicy) {
			c.add(at+"password_policy", "%q is not known; there are %s", source.PasswordPolicy,
				strings.Join(password.Policies(), ", "))
		}
	}
}

func (c *checker) organizations(list []Organization, users map[string]bool) {
	names, ids := map[string]bool{}, map[string]bool{}
	for n, o := range list {
		at := fmt.Sprintf("organizations[%d].", n)
		wrongName, wrongID := o.Check()
		if wrongName != "" {
			c.add(at+"name", "%q %s", o.Name, wrongName)
		} else {
			c.once(names, at+"name", o.Name)
		}
		if wrongID != "" {
			c.add(at+"id", "%q %s", o.ID, wrongID)
		} else if o.ID != "" {
			c.once(ids, at+"id", o.ID)
		}
		c.all(at+"members", o.Members, func(id string) string {
			if !users[id] {
				return "is no user_id of the tenant"
			}
			return ""
		})
	}
}

// users checks users and documents and returns their user_ids.
func (c *checker) users(o Options) map[string]bool {
	found := map[string]bool{}
	if len(o.Users)+len(o.UserDocuments) > directory.MaxUsers {
		c.add("users", "are more than %d", directory.MaxUsers)
	}
	ids, addresses := map[string]bool{}, map[string]bool{}
	for n, u := range o.Users {
		at := fmt.Sprintf("users[%d].", n)
		c.identity(o, at, u.Identity, ids, addresses)
		if u.OTPSecret != "" {
			if err := account.CheckSecret(u.OTPSecret); err != nil {
				c.add(at+"otp_secret", "%v", err)
			}
		}
		source, _ := connection.List(o.Connections).Find(u.Connection)
		found[source.Strategy+"|"+u.AccountID(source)] = true
		for m, i := range u.Linked {
			c.identity(o, fmt.Sprintf("%slinked_identities[%d].", at, m), i, ids, addresses)
		}
	}
	for n, data := range o.UserDocuments {
		at := fmt.Sprintf("user_documents[%d]", n)
		u, err := directory.ParseDocument(data, o.Connections)
		if err != nil {
			c.add(at, "%v", err)
			continue
		}
		found[u.ID()] = true
		for _, i := range u.Identities {
			if key := i.Key(); key != "" {
				c.once(ids, at, key)
			}
		}
	}
	return found
}

func (c *checker) identity(o Options, at string, i Identity, ids, addresses map[string]bool) {
	found := slices.IndexFunc(o.Connections, func(c Connection) bool { return c.Name == i.Connection })
	if found < 0 {
		c.add(at+"connection", "%q is no connection of the tenant", i.Connection)
		return
	}
	source := o.Connections[found]
	if i.ID != "" && !idPattern.MatchString(i.ID) {
		c.add(at+"id", "%q must be letters, digits and ._~-, without the strategy", i.ID)
	}
	if telephone := source.Strategy == connection.SMSStrategy; telephone || i.PhoneNumber != "" {
		c.telephone(at, i, source, ids, telephone)
		return
	}
	if i.Email == "" && (i.ID == "" || !source.Social()) {
		c.add(at+"email", "must be given; only an account of a provider, with an id, may have none")
		return
	}
	address := source.Name + " " + strings.ToLower(i.Email)
	if i.Email != "" && addresses[address] {
		c.add(at+"email", "%q is given twice in the connection", i.Email)
		return
	}
	addresses[address] = true
	c.once(ids, at+"id", source.Strategy+"|"+i.AccountID(source))
	switch {
	case !source.IsDatabase() && i.Password != "":
		c.add(at+"password", "is only for a database")
	case len(i.Password) > password.MaxBytes:
		c.add(at+"password", "is longer than %d bytes", password.MaxBytes)
	}
}

// telephone checks an account of a connection that sends codes to telephones.
func (c *checker) telephone(at string, i Identity, source Connection, ids map[string]bool, wanted bool) {
	switch {
	case !wanted:
		c.add(at+"phone_number", "is only for a connection of the strategy sms")
	case !account.IsPhoneNumber(i.PhoneNumber):
		c.add(at+"phone_number", "must be given as +, the country and the number")
	case i.Email != "" || i.Password != "":
		c.add(at+"phone_number", "is all that an account of a telephone has")
	default:
		c.once(ids, at+"id", source.Strategy+"|"+i.AccountID(source))
	}
}
