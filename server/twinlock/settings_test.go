package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"twinlock/server/settings"
)

// SETTINGS.md and the table of README.md are written by this test, run with -update:
// what they say comes from the table of settings and from the command line.

const root = "../.." // of the module

var update = flag.Bool("update", false, "write server/SETTINGS.md, and the table of settings in README.md")

const settingsHead = `<!-- Made by "go generate ./server/twinlock" from server/settings/table.go. Do not edit. -->

# Settings

A setting comes from a flag, from the environment, or from the YAML file of ` + "`--config`" + `, in this order. Every wrong one is
named at the start, all at once, and the exit code is 2. A key such as ` + "`brand.name`" + ` is the key ` + "`name`" + ` in the map ` + "`brand`" + `.
` + "`export`" + ` and ` + "`serve`" + ` can use the same file, and ` + "`dev`" + ` one without the tenant's settings.

`

// TestSettingsPage checks that SETTINGS.md is what the program would write today.
func TestSettingsPage(t *testing.T) {
	compare(t, "server/SETTINGS.md", func(string) string {
		return settingsHead + settings.Document() + commandFlags()
	})
}

// commandFlags are the flags that are no settings, in Markdown.
func commandFlags() string {
	var page strings.Builder
	page.WriteString("## Flags of the commands\n\nThese are not in the file.\n\n" +
		"| command | flag | environment | meaning |\n|---|---|---|---|\n")
	for _, command := range newParser().Model.Children {
		for _, f := range command.Flags {
			if !isSetting(command.Name, f.Name) {
				fmt.Fprintf(&page, "| `%s` | `--%s` | `%s` | %s |\n", command.Name, f.Name, settings.Variable(f.Name), f.Help)
			}
		}
	}
	return page.String()
}

// isSetting reports whether a flag is one of the table's. The flags of tenant are its
// own, though one has the name of a setting.
func isSetting(command, flag string) bool {
	return command != "tenant" && slices.ContainsFunc(settings.Table, func(row settings.Setting) bool {
		return settings.FlagName(row.Name) == flag
	})
}

// The table of README.md stands between these lines.
const tableStart, tableEnd = "<!-- settings: made by \"go generate ./server/twinlock\" -->\n", "<!-- end of settings -->\n"

// TestReadmeTable checks the short table of README.md.
func TestReadmeTable(t *testing.T) {
	compare(t, "README.md", func(page string) string {
		before, rest, found := strings.Cut(page, tableStart)
		_, after, ended := strings.Cut(rest, tableEnd)
		if !found || !ended {
			t.Fatal("README.md has no place for the table")
		}
		return before + tableStart + "\n" + settings.CommonTable() + "\n" + tableEnd + after
	})
}

const textsHead = `<!-- Made by "go generate ./server/twinlock" from web/catalogues/en.json. Do not edit. -->

# Texts

What the page says in each language is a file in [web/catalogues](../web/catalogues). Each text has a key. To say it in your own words,
set ` + "`texts`" + ` (see [SETTINGS.md](SETTINGS.md)):

    languages: [en, de]
    texts:
      en:
        welcome: One login for everything at Acme
        fields_kept: {one: "{count} stays", other: "{count} stay"}
      de: {welcome: Eine Anmeldung für alles bei Acme}

Every mistake is named at the start: an unknown language or key, markup, a place such as ` + "`{account}`" + ` that is missing or that nothing
is filled in for. A plural has a form for each category of numbers of its language (Unicode CLDR); one text may stand for all of them.

**To correct a translation**, change its one file and send that as a pull request. ` + "`go test ./app/text`" + ` says what is missing, and needs
no build; how the texts were made and checked is in [app/text/checks](../app/text/checks/README.md).

`

// TestTextsPage checks that TEXTS.md is what the program would write today.
func TestTextsPage(t *testing.T) {
	compare(t, "server/TEXTS.md", func(string) string {
		keys, err := os.ReadFile(filepath.Join(root, "app/text/keys.go"))
		if err != nil {
			t.Fatal(err)
		}
		english := map[string]any{}
		data, err := os.ReadFile(filepath.Join(root, "web/catalogues/en.json"))
		if err == nil {
			err = json.Unmarshal(data, &english)
		}
		if err != nil {
			t.Fatal(err)
		}
		var page strings.Builder
		page.WriteString(textsHead)
		group := regexp.MustCompile(`(?s)\n((?:// [^\n]*\n)+)const \((.*?)\n\)`)
		key := regexp.MustCompile(`Key = "([a-z_]+)"`)
		for _, g := range group.FindAllStringSubmatch(string(keys), -1) {
			about := strings.TrimSpace(strings.ReplaceAll(strings.ReplaceAll(g[1], "// ", ""), "\n", " "))
			fmt.Fprintf(&page, "%s\n\n| key | in English |\n|---|---|\n", about)
			for _, k := range key.FindAllStringSubmatch(g[2], -1) {
				said, plural := english[k[1]].(string)
				if !plural {
					forms := english[k[1]].(map[string]any)
					said = fmt.Sprintf("one: %s<br>other: %s", forms["one"], forms["other"])
				}
				fmt.Fprintf(&page, "| `%s` | %s |\n", k[1], strings.ReplaceAll(said, "|", `\|`))
			}
			page.WriteString("\n")
		}
		return page.String()
	})
}

// compare checks that a file of the module is what make makes of it, or writes it.
func compare(t *testing.T, name string, make func(old string) string) {
	t.Helper()
	path := filepath.Join(root, name)
	old, err := os.ReadFile(path)
	if err != nil && !*update {
		t.Fatal(err)
	}
	want := make(string(old))
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(old) != want {
		t.Errorf("%s is stale: run go generate ./server/twinlock", name)
	}
}
