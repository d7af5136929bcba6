package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/term"

	"twinlock/app/config"
	"twinlock/server/settings"
	"twinlock/server/setup"
)

type initCommand struct {
	settings.Flags
	Page string `placeholder:"URL" help:"Address of the page, as people will open it."`
	Out  string `default:"." placeholder:"DIR" help:"Folder to write to. Nothing there is written over."`
}

func newInit() initCommand {
	return initCommand{Flags: settings.NewFlags(settings.Tenant, settings.Page)}
}

// Run writes the site's settings, and the tenant's side of them. On a terminal it asks for what
// was not given.
func (cmd initCommand) Run(c console) error {
	s, err := cmd.Read()
	if s.Config.ClientID == setup.NoClient { // of a file that init wrote
		s.Config.ClientID = ""
	}
	if err == nil {
		if err := askFor(terminal(), c.Err, &s.Config, &cmd.Page); err != nil {
			return err
		}
	}
	site := setup.Site{Config: s.Config.WithDefaults()}
	checked := site.Config
	checked.ClientID = site.ClientID() // that there is none yet is no mistake here
	page, wrong := parsePage(cmd.Page)
	if page == nil && wrong == nil {
		wrong = &config.FieldError{Field: "page", Problem: "is missing"}
	}
	var picture error
	if len(s.Pictures) > 0 {
		picture = &config.FieldError{Field: "config", Problem: "has pictures in files, which are not copied: leave them out, and add them afterwards"}
	}
	if err := errors.Join(err, checked.Validate(), wrong, picture); err != nil {
		return err
	}
	site.Page = page
	files, err := setup.Files(site)
	if err != nil {
		return err
	}
	if err := setup.Write(cmd.Out, files); err != nil {
		return err
	}
	for _, f := range files {
		fmt.Fprintln(c.Out, "wrote", filepath.Join(cmd.Out, f.Name))
	}
	told := ""
	if s.Config.ClientID == "" {
		told = " write the client ID that it tells into twinlock.yaml,"
	}
	_, err = fmt.Fprintln(c.Out, "next: run auth0.sh or apply auth0.tf,"+told+" then\n"+
		"  twinlock doctor --config "+filepath.Join(cmd.Out, "twinlock.yaml")+" --page "+page.String()+" --tenant-only")
	return err
}

// terminal returns the standard input if a person can answer there, or else nil.
func terminal() io.Reader {
	if !term.IsTerminal(int(os.Stdin.Fd())) {
		return nil
	}
	return os.Stdin
}

// askFor asks a person for what is missing of a configuration; without one it does nothing. An
// empty answer leaves it missing.
func askFor(in io.Reader, out io.Writer, c *config.Config, page *string) error {
	if in == nil {
		return nil
	}
	lines := bufio.NewScanner(in)
	answer := func(question string) string {
		fmt.Fprint(out, question+" ")
		if !lines.Scan() {
			return ""
		}
		return strings.TrimSpace(lines.Text())
	}
	if c.Domain == "" && c.Issuer == "" {
		c.Domain = answer("The tenant's host name, such as acme.eu.auth0.com:")
	}
	if *page == "" {
		*page = answer("The page's address, such as https://accounts.example.com/:")
	}
	if len(c.Connections) == 0 {
		names := strings.FieldsFunc(answer("Connections that people may link, with spaces between them, such as google-oauth2:"),
			func(r rune) bool { return r == ' ' || r == ',' })
		for _, name := range slices.Compact(names) {
			c.Connections = append(c.Connections, config.Connection{Name: name})
		}
	}
	return lines.Err()
}
