package lock

import _ "embed" // for the scripts

var (
	//go:embed boot.js
	bootModule string
	//go:embed standalone.js
	standalone string
)

// BootScript returns the script that a page with locks runs before its program. It names
// the tab, and in a pop-up window it hands the tenant's answer over to the page that waits
// for it and closes the window. It also makes the field work that finds a connection. It
// is an ECMAScript module. Serve it and put it into every page of the program, before the
// program:
//
//	<script type="module" src="/lock.js" data-lock="/"
//		data-issuer="https://tenant.eu.auth0.com/" data-client-id="CLIENT_ID" data-audience=""></script>
//
// data-lock is the folder that the tenant calls back to (see RedirectURL in [Options]),
// with a slash at both ends. data-issuer is the issuer URL, with a slash at its end;
// data-client-id and data-audience are what [New] is called with.
func BootScript() string { return bootModule + "\n" + standalone }

// BootModule returns the functions of that script alone, for a page with a boot script of its
// own: an ECMAScript module that exports them and does nothing by itself.
func BootModule() string { return bootModule }
