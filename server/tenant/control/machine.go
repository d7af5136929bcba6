package control

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"twinlock/server/tenant/reply"
)

// thisMachineOnly refuses peers from elsewhere, names that others can give to this
// machine (DNS rebinding), and what a proxy on this machine forwards from others.
func thisMachineOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isLoopback(r.RemoteAddr) || !isLoopbackName(r.Host) || isForwarded(r.Header) {
			http.Error(w, "the emulator is controlled from its own machine only, by a loopback name and past no proxy",
				http.StatusForbidden)
			return
		}
		reply.NoStore(w)
		next.ServeHTTP(w, r)
	})
}

// isLoopback reports whether a peer's address is of this machine.
func isLoopback(remote string) bool {
	peer, err := netip.ParseAddrPort(remote)
	return err == nil && peer.Addr().Unmap().IsLoopback()
}

// isLoopbackName reports whether a Host header can mean nothing but this machine.
func isLoopbackName(host string) bool {
	name := strings.ToLower((&url.URL{Host: host}).Hostname())
	return name == "localhost" || strings.HasSuffix(name, ".localhost") || net.ParseIP(name).IsLoopback()
}

// isForwarded reports whether a proxy says that it stands between.
func isForwarded(h http.Header) bool {
	for name := range h {
		if name == "Forwarded" || name == "Via" || name == "X-Real-Ip" || strings.HasPrefix(name, "X-Forwarded-") {
			return true
		}
	}
	return false
}
