package text

// Page are the sentences of one language that the server writes into the page. It says them
// when the program is not there to say them, and the program does not contain them.
type Page struct {
	// Language is the BCP 47 tag of the language.
	Language string

	// Framed is said inside a frame, where OpenAlone is the link to the page itself.
	Framed, OpenAlone string
	// Lost is said at a path that has no page, where GoHome is the link to the one there is.
	Lost, GoHome string
	// CloseWindow is said in a window that has handed its answer over.
	CloseWindow string
	// NoScript is said where no scripts are allowed.
	NoScript string

	// The rest is said where there is no program. Reload is the button below it.
	Reload string
	// GetHelp is the link to the operator's help beside that button.
	GetHelp string
	// TooOld: the browser lacks what the program needs.
	TooOld string
	// NotLoaded: the program did not come, or does not start.
	NotLoaded string
	// NoProgram: the server answers with the status "{value}" instead.
	NoProgram string
	// OtherProgram: the server sends something else, of the type "{value}".
	OtherProgram string
	// Stopped: it has ended.
	Stopped string
}

// PageIn returns the sentences in a language of [Languages], or in English.
func PageIn(language string) *Page {
	for i := range pages {
		if pages[i].Language == language {
			return &pages[i]
		}
	}
	return &pages[0]
}

var pages = []Page{{
	Language: "en",

	Framed:      "This page cannot be used inside of another one.",
	OpenAlone:   "Open it by itself",
	Lost:        "There is no page here",
	CloseWindow: "You can close this window.",
	GoHome:      "Go to your accounts",
	NoScript:    "This page needs JavaScript to sign you in. Please allow it for this site and reload.",

	Reload:       "Reload",
	GetHelp:      "Get help",
	TooOld:       "This browser cannot run this page. Please use a newer one.",
	NotLoaded:    "The page could not be loaded. Check your connection and try again.",
	NoProgram:    "The page could not be loaded: the server answers {value} for its program. Please tell whoever runs this site.",
	OtherProgram: "The page could not be loaded: the server sends something else ({value}) instead of its program. Please tell whoever runs this site.",
	Stopped:      "The page has stopped working. Please reload it.",
}, {
	Language: "de",

	Framed:      "Diese Seite lässt sich nicht innerhalb einer anderen verwenden.",
	OpenAlone:   "Für sich öffnen",
	Lost:        "Hier gibt es keine Seite",
	CloseWindow: "Sie können dieses Fenster schließen.",
	GoHome:      "Zu Ihren Konten",
	NoScript:    "Diese Seite braucht JavaScript, damit Sie sich anmelden können. Bitte erlauben Sie es hier, und laden Sie die Seite neu.",

	Reload:       "Neu laden",
	GetHelp:      "Hilfe holen",
	TooOld:       "Dieser Browser kann diese Seite nicht ausführen. Bitte verwenden Sie einen neueren.",
	NotLoaded:    "Die Seite konnte nicht geladen werden. Prüfen Sie Ihre Verbindung und versuchen Sie es erneut.",
	NoProgram:    "Die Seite konnte nicht geladen werden: Statt ihres Programms sendet der Server den Status {value}. Bitte sagen Sie es dem Betreiber dieser Seite.",
	OtherProgram: "Die Seite konnte nicht geladen werden: Statt ihres Programms sendet der Server etwas anderes ({value}). Bitte sagen Sie es dem Betreiber dieser Seite.",
	Stopped:      "Die Seite funktioniert nicht mehr. Bitte laden Sie sie neu.",
}}
