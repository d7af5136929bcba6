package browser

// Origin returns the page's scheme, host and port, as "https://example.com"; natively
// "http://localhost".
func Origin() string { return property("location", "origin") }

// Assign leaves the page for a URL, which gets an entry in the history. Natively it
// does nothing.
func Assign(url string) { invoke("location", "assign", url) }

// Standalone reports whether the page runs as an installed app, where a pop-up
// window would open another program. Natively it reports false.
func Standalone() bool {
	standalone, _ := navigatorFlag("standalone")
	return standalone || matchesMedia("(display-mode: standalone)")
}

// HomeScreen reports whether the page can be put on the home screen, and only by
// hand: on iOS and iPadOS, whose browsers never offer it. They are recognised by
// navigator.standalone, which no other browser has. Natively it reports false.
func HomeScreen() bool {
	standalone, known := navigatorFlag("standalone")
	return known && !standalone && matchesMedia("(pointer: coarse)")
}

// Narrow reports whether the window is as narrow as a phone's: at most 40rem.
// Natively it reports false.
func Narrow() bool { return matchesMedia("(max-width: 40rem)") }

// Language returns the language in which the person reads the page as a BCP 47 tag, for
// instance "de-AT"; natively "". The boot script finds it.
func Language() string { return windowText("twinlockLanguage") }

// Online reports false when the browser is sure that there is no network. True says
// little: the network may lead nowhere. Natively it reports true.
func Online() bool {
	online, known := navigatorFlag("onLine")
	return online || !known
}

// OnConnection calls f whenever the browser loses or regains the network, on a
// goroutine of its own, for as long as the program runs. Natively f is never called.
func OnConnection(f func()) {
	listen("online", f)
	listen("offline", f)
}
