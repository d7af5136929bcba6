package ui

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"sync"

	"twinlock/app/browser"
	"twinlock/app/management"
	"twinlock/app/offline"
	"twinlock/app/platform"
)

// lastRead remembers the request that has read the profile last. It fetches as
// [browser.Fetch] does.
type lastRead struct {
	mu   sync.Mutex
	read offline.Read
}

func (l *lastRead) fetch(ctx context.Context, r platform.Request) (*platform.Response, error) {
	resp, err := browser.Fetch(ctx, r)
	if r.Method == "GET" && err == nil && resp.Status == 200 {
		sum := sha256.Sum256(resp.Body)
		l.mu.Lock()
		l.read = offline.Read{URL: r.URL, Sum: base64.StdEncoding.EncodeToString(sum[:])}
		l.mu.Unlock()
	}
	return resp, err
}

// of returns the request if it has read the profile of a user, the zero value if not.
func (l *lastRead) of(client *management.Client, subject string) offline.Read {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.read.URL != client.UserURL(subject) {
		return offline.Read{}
	}
	return l.read
}
