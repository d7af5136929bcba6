//go:build !js

package browser

func property(object, name string) string {
	if object == "location" && name == "origin" {
		return "http://localhost"
	}
	return ""
}

func invoke(string, string, ...any) {}

func navigatorFlag(string) (value, known bool) { return false, false }

func matchesMedia(string) bool { return false }

func listen(string, func()) {}

func windowText(string) string { return "" }

func windowFlag(string) bool { return false }
