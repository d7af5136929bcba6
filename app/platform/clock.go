package platform

import (
	"context"
	"time"
)

// ClockSkew is how far two clocks may be apart that should agree: this device's and the
// tenant's, or this device's before and after somebody has set it.
const ClockSkew = time.Minute

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
