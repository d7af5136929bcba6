// Package seconds has [Seconds], a length of time as Auth0 writes it in settings.
package seconds

import "time"

// Seconds is a length of time.
type Seconds int

// Duration returns s as a Duration.
func (s Seconds) Duration() time.Duration { return time.Duration(s) * time.Second }

// Or returns s, or the default where s is 0.
func (s Seconds) Or(byDefault Seconds) time.Duration {
	if s == 0 {
		s = byDefault
	}
	return s.Duration()
}
