package browser

import "time"

// Origin returns the page's scheme, host and port, as "https://example.com"; natively
// "http://localhost".
func Origin() string { return origin() }

// Assign leaves the page for a URL, which gets an entry in the history. Natively it
// does nothing.
func Assign(url string) { assign(url) }

// Standalone reports whether the page runs as an installed app, where a pop-up
// window would open another program. Natively it reports false.
func Standalone() bool { return standalone() }

// HomeScreen reports whether the page can be put on the home screen, and only by
// hand: on iOS and iPadOS, whose browsers never offer it. They are recognised by
// navigator.standalone, which no other browser has. Natively it reports false.
func HomeScreen() bool { return homeScreen() }

// Narrow reports whether the window is as narrow as a phone's: at most 40rem.
// Natively it reports false.
func Narrow() bool { return narrow() }

// Language returns the language that the person prefers as a BCP 47 tag, for
// instance "de-AT"; natively "".
func Language() string { return language() }

// Online reports false when the browser is sure that there is no network. True says
// little: the network may lead nowhere. Natively it reports true.
func Online() bool { return online() }

// OnConnection calls f whenever the browser loses or regains the network, on a
// goroutine of its own, for as long as the program runs. Natively f is never called.
func OnConnection(f func()) { onConnection(f) }

// FormatTime writes a moment as is usual in a language (a BCP 47 tag), in the
// person's time zone. Natively it is in UTC and the same for every language.
func FormatTime(t time.Time, language string) string { return formatTime(t, language) }

// FormatDate writes a day as is usual in a language (a BCP 47 tag), in the person's
// time zone. Natively it is in UTC and the same for every language.
func FormatDate(t time.Time, language string) string { return formatDate(t, language) }
