// Command whole needs more of a standard package than its stand-in declares, as a
// later Go's standard library might: it only builds with the whole one.
package main

import "html"

func main() { println(html.UnescapeString("&amp;")) }
