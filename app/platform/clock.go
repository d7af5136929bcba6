package platform

import (
	"context"
	"time"
)

// ClockSkew is how far two clocks may be apart that should agree: those of two of the
// tenant's machines, or this device's before and after somebody has set it.
const ClockSkew = time.Minute

var started = time.Now()

// Uptime returns for how long this program has been running. Nobody can set that clock, but
// it may stand still while the device sleeps. In a browser it is performance.now().
func Uptime() time.Duration { return time.Since(started) }

// Sleep waits for so long, or until the context ends, whose error it then returns.
func Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
