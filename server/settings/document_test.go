package settings

import (
	"strings"
	"testing"
	"time"
)

func TestDocument(t *testing.T) {
	document := Document()
	for _, row := range Table {
		if strings.Count(document, "| `"+row.Name+"` |") != 1 {
			t.Errorf("%s is not there once", row.Name)
		}
		if !strings.HasSuffix(row.Help, ".") {
			t.Errorf("%s: %q is no sentence", row.Name, row.Help)
		}
	}
	for _, want := range []string{
		"| `brand.accent_dark` | `--brand-accent-dark` | `TWINLOCK_BRAND_ACCENT_DARK` | The same for dark mode. | #9aa7ff |\n",
		"| `access_log` | `--[no-]access-log` | `TWINLOCK_ACCESS_LOG` | Log each request. Queries, cookies and other secrets are left out. | `true` |\n",
		"| `log_format` | `--log-format` | `TWINLOCK_LOG_FORMAT` | Form of the log. `text` or `json`. | `text` |\n",
	} {
		if !strings.Contains(document, want) {
			t.Errorf("%s lacks %s", document, want)
		}
	}
}

// TestCommonTable: README.md promises ten.
func TestCommonTable(t *testing.T) {
	if rows := strings.Count(CommonTable(), "\n") - 2; rows != 10 {
		t.Errorf("%d rows", rows)
	}
}

func TestHelp(t *testing.T) {
	for name, want := range map[string]string{
		"addr":          "Address to listen on. Default: 127.0.0.1:8000.",
		"tls_key":       "The certificate's key (PEM).",
		"picture_hosts": "Hosts to load profile pictures from, besides the tenant's. Default: the large identity providers' own.",
	} {
		if row, _ := find(name); row.help() != want {
			t.Errorf("%s: %q", name, row.help())
		}
	}
}

func TestFormat(t *testing.T) {
	for want, value := range map[string]any{"2m": 2 * time.Minute, "1m30s": 90 * time.Second, "500ms": 500 * time.Millisecond, "a,b": []string{"a", "b"}, "true": true} {
		if got := format(value); got != want {
			t.Errorf("format(%v) = %s, want %s", value, got, want)
		}
	}
}
