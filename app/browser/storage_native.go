//go:build !js

package browser

import "twinlock/app/platform"

// Both last as long as the program.
var localStorage, sessionStorage = new(platform.Memory), new(platform.Memory)

// tabsAreNamed: nobody names the one tab of a test.
const tabsAreNamed = false
