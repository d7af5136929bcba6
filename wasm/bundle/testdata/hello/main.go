// Command hello is the smallest program that the build can be tried on: it names
// net/http, which the build takes away.
package main

import "net/http"

func main() {
	if _, err := http.Get("/"); err != nil {
		println(err.Error())
	}
}
