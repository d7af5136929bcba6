package settings

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// sections are those of SETTINGS.md.
var sections = []struct {
	title, text string
	uses        []Use
}{
	{"Where the page is", "`serve` and `dev` have both; `export` has no `addr`.", []Use{Listen, Place}},
	{
		"Whose accounts",
		"`dev` has none of these: it has a tenant of its own. They are part of `/config.json`.", []Use{Tenant},
	},
	{"The page", "`serve`, `dev` and `export` have these. They are part of `/config.json`.", []Use{Page}},
	{"What the page says", "`serve`, `dev` and `export` have this. It is part of the catalogues that the page reads.", []Use{Words}},
	{"Serving", "Only `serve` has these; `dev` and `export` ignore them in the file.", []Use{Traffic}},
}

// Document returns the sections of SETTINGS.md, in Markdown.
func Document() string {
	var page strings.Builder
	for _, section := range sections {
		fmt.Fprintf(&page, "## %s\n\n%s\n\n", section.title, section.text)
		fmt.Fprintf(&page, "| file | flag | environment | meaning | default |\n|---|---|---|---|---|\n")
		for _, row := range Table {
			if slices.Contains(section.uses, row.Use) {
				flag := FlagName(row.Name)
				fmt.Fprintf(&page, "| `%s` | `%s` | `%s` | %s | %s |\n",
					row.Name, row.flagUsage(flag), Variable(flag), row.meaning(), row.documentedDefault())
			}
		}
		page.WriteString("\n")
	}
	return page.String()
}

// CommonTable returns the table of README.md, in Markdown: the settings that most
// people need.
func CommonTable() string {
	var table strings.Builder
	table.WriteString("| setting | meaning | default |\n|---|---|---|\n")
	for _, row := range Table {
		if row.Common {
			fmt.Fprintf(&table, "| `%s` | %s | %s |\n", row.Name, row.meaning(), row.documentedDefault())
		}
	}
	return table.String()
}

// help is the text of --help.
func (row Setting) help() string {
	text := row.DefaultIs
	if text == "" && row.Default != nil {
		text = format(row.Default)
	}
	if text == "" {
		return row.Help
	}
	return row.Help + " Default: " + text + "."
}

func (row Setting) flagUsage(flag string) string {
	if _, is := row.field(new(Settings)).(*bool); is {
		return "--[no-]" + flag
	}
	return "--" + flag
}

// meaning is Help and More, with the values to choose from.
func (row Setting) meaning() string {
	text := row.Help
	if choices := strings.Split(row.Value, "|"); len(choices) > 1 {
		last := len(choices) - 1
		text += " `" + strings.Join(choices[:last], "`, `") + "` or `" + choices[last] + "`."
	}
	return strings.TrimSpace(text + " " + row.More)
}

func (row Setting) documentedDefault() string {
	if row.Default != nil {
		return "`" + format(row.Default) + "`"
	}
	return row.DefaultIs
}

// format writes a value as a flag or the file has it.
func format(value any) string {
	switch v := value.(type) {
	case []string:
		return strings.Join(v, ",")
	case time.Duration:
		if whole, is := strings.CutSuffix(v.String(), "m0s"); is {
			return whole + "m" // 2m, not 2m0s
		}
	}
	return fmt.Sprint(value)
}
