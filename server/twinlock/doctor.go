package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"golang.org/x/net/idna"

	"twinlock/app/config"
	"twinlock/server/doctor"
	"twinlock/server/settings"
	"twinlock/server/site"
)

type doctorCommand struct {
	settings.Flags
	Page string `placeholder:"URL" help:"Address of the page, as people open it: it is looked for at the tenant, and the site there is looked at."`
	// TokenEnv is the name and not the token: flags are seen by everybody on the machine.
	TokenEnv string `placeholder:"NAME" help:"Environment variable with a token for the Management API, to see what is not seen from outside: scopes read:clients, read:connections, read:client_grants, read:resource_servers, read:custom_domains, read:tenant_settings."`
	// TenantOnly is for a site that is not deployed yet.
	TenantOnly bool `help:"Do not look at the site, only at the tenant."`
	JSON       bool `name:"json" help:"Write the report as JSON."`
}

func newDoctor() doctorCommand { return doctorCommand{Flags: settings.NewFlags(settings.Tenant)} }

// environment looks a variable up.
type environment func(name string) (value string, found bool)

// Run examines the tenant, tells what it looks at on the error output, and writes a report.
// What is wrong with the tenant is an error.
func (cmd doctorCommand) Run(ctx context.Context, c console, env environment) error {
	s, err := cmd.Read()
	page, wrong := parsePage(cmd.Page)
	token, none := cmd.token(env)
	if err := errors.Join(err, s.Finish(), wrong, none); err != nil {
		return err
	}
	options := doctor.Options{Config: s.Config, Page: page, Token: token, Progress: func(what string) {
		fmt.Fprintf(c.Err, "looking at %s\n", what)
	}}
	if page != nil && !cmd.TenantOnly {
		if options.Serve, err = reference(s, page); err != nil {
			return err
		}
	}
	report := doctor.Examine(ctx, options)
	if err := cmd.write(c.Out, report); err != nil {
		return err
	}
	if n := len(report.Findings); n > 0 {
		return fmt.Errorf("%d to mend", n)
	}
	return nil
}

// token returns the token in the variable that the flag names.
func (cmd doctorCommand) token(env environment) (string, error) {
	if cmd.TokenEnv == "" {
		return "", nil
	}
	token, _ := env(cmd.TokenEnv)
	if token == "" || strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", &config.FieldError{Field: "token_env", Problem: "must name an environment variable that has a token"}
	}
	return token, nil
}

// reference renders the site of the settings, where the page is.
func reference(s settings.Settings, page *url.URL) (*site.Site, error) {
	return site.New(site.Options{
		Config: s.Config, BasePath: strings.TrimSuffix(page.Path, "/"), Texts: s.Texts, Pictures: s.Pictures, Version: version(),
	})
}

func (cmd doctorCommand) write(w io.Writer, r doctor.Report) error {
	if !cmd.JSON {
		_, err := io.WriteString(w, describe(r))
		return err
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(r)
}

// browsersIDNA takes host names as browsers do, also with an underscore (WHATWG URL, section 3.3).
var browsersIDNA = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(false))

// parsePage returns the page's address as browsers write it, with a slash at its end; nil for "".
// A tenant compares it letter by letter with what the page sends: its host is in small letters
// and ASCII, and the port of the scheme is left out (WHATWG URL, sections 3.3 and 4.4).
func parsePage(raw string) (*url.URL, error) {
	if raw == "" {
		return nil, nil
	}
	wrong := &config.FieldError{Field: "page", Problem: "must be an address such as https://accounts.example.com/"}
	page, err := url.Parse(raw)
	if err != nil || page.Scheme != "https" && page.Scheme != "http" || page.Hostname() == "" || page.User != nil ||
		page.RawQuery != "" || page.Fragment != "" {
		return nil, wrong
	}
	host := page.Hostname()
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	} else if host, err = browsersIDNA.ToASCII(host); err != nil {
		return nil, wrong
	}
	if port := page.Port(); port != "" && port != map[string]string{"http": "80", "https": "443"}[page.Scheme] {
		host += ":" + port
	}
	page.Host = host
	page.ForceQuery = false
	return page.JoinPath("/"), nil
}

// describe writes a report for people.
func describe(r doctor.Report) string {
	var b strings.Builder
	line := func(format, value string) {
		if value != "" {
			fmt.Fprintf(&b, format+"\n", value)
		}
	}
	for i, f := range r.Findings {
		fmt.Fprintf(&b, "%d. %s\n", i+1, f.Problem)
		line("   about:     %s", f.Subject)
		line("   answer:    %s", f.Answer)
		line("   dashboard: %s", f.Dashboard)
		line("   auth0 CLI: %s", f.CLI)
		line("   Terraform: %s", f.Terraform)
		line("   see        %s", f.Link)
	}
	for _, f := range r.Findings {
		var behind []string
		for _, h := range r.Hidden {
			if h.Behind == f.Kind {
				behind = append(behind, string(h.Kind))
			}
		}
		line("hidden until "+string(f.Kind)+" is mended: %s", strings.Join(behind, ", "))
	}
	for _, sentence := range r.Unseen {
		fmt.Fprintf(&b, "not seen: %s\n", sentence)
	}
	if len(r.Findings) == 0 {
		fmt.Fprintf(&b, "nothing found that is wrong, in %d requests\n", r.Requests)
	}
	return b.String()
}
