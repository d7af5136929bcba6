package site

import (
	"net/http"
	"strconv"
	"strings"

	"twinlock/web/asset"
)

// negotiate chooses among the forms of a file, which stand the smallest first,
// by the request's Accept-Encoding (RFC 9110 §12.5.3): the highest weight wins,
// and of equal ones the smallest. It returns nil where the client refuses them
// all.
func negotiate(header http.Header, forms []Form) *Form {
	accept := parseAcceptEncoding(header["Accept-Encoding"])
	var best *Form
	most := refused
	for i := range forms {
		if w := accept.weight(forms[i].Encoding); w > most {
			best, most = &forms[i], w
		}
	}
	return best
}

// weight is how welcome a coding is, in half thousandths.
type weight int

const (
	refused weight = 0
	// No coding at all is welcome unless it is refused, but less than whatever
	// was asked for.
	unasked weight = 1
)

// acceptEncoding is the weight of what a request names.
type acceptEncoding struct {
	brotli, zstd, gzip, identity, any mention
}

type mention struct {
	named bool
	weight
}

func (a *acceptEncoding) weight(e asset.Encoding) weight {
	if m := a.mention(e); m.named {
		return m.weight
	}
	if a.any.named {
		return a.any.weight
	}
	if e == asset.Identity {
		return unasked
	}
	return refused
}

// mention is what is said of a coding; nil of one that we do not have.
func (a *acceptEncoding) mention(e asset.Encoding) *mention {
	switch e {
	case asset.Brotli:
		return &a.brotli
	case asset.Zstd:
		return &a.zstd
	case asset.Gzip, "x-gzip": // RFC 9110 §8.4.1.3
		return &a.gzip
	case asset.Identity:
		return &a.identity
	case "*":
		return &a.any
	}
	return nil
}

// parseAcceptEncoding leaves out what it cannot read. It runs with every request
// and allocates nothing.
func parseAcceptEncoding(lines []string) (a acceptEncoding) {
	for _, line := range lines {
		for item := range strings.SplitSeq(line, ",") {
			name, params, _ := strings.Cut(item, ";")
			name = strings.ToLower(strings.Trim(name, " \t"))
			w, ok := parseWeight(params)
			if m := a.mention(asset.Encoding(name)); m != nil && ok {
				*m = mention{true, w}
			}
		}
	}
	return a
}

// parseWeight reads `q=0.8`; no parameter means 1.
func parseWeight(params string) (w weight, ok bool) {
	params = strings.Trim(params, " \t")
	if params == "" {
		return 2000, true
	}
	name, value, found := strings.Cut(params, "=")
	if !found || !strings.EqualFold(strings.Trim(name, " \t"), "q") {
		return 0, false
	}
	q, err := strconv.ParseFloat(strings.Trim(value, " \t"), 64)
	if err != nil || !(q >= 0 && q <= 1) {
		return 0, false
	}
	return weight(2 * int(q*1000)), true
}
