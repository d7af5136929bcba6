package site

import (
	"net/http"
	"strconv"
	"strings"

	"twinlock/web/asset"
)

// negotiate chooses among the forms of a file, the smallest of which is the first, by the
// request's Accept-Encoding (RFC 9110 section 12.5.3). The highest weight wins, and among
// equal weights the smallest form. It returns nil if the client refuses all forms.
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

// weight is how much a client wants a coding, in half thousandths.
type weight int

const (
	refused weight = 0
	// unasked is the weight of the identity coding, if the request does not name it: it is
	// accepted, but less than any coding that the request names.
	unasked weight = 1
)

// acceptEncoding has what a request says of each coding.
type acceptEncoding struct {
	brotli   mention
	zstd     mention
	gzip     mention
	identity mention
	any      mention // of "*"
}

// mention is what a request says of one coding.
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

// mention returns what the request says of a coding, nil for one that we do not have.
func (a *acceptEncoding) mention(e asset.Encoding) *mention {
	switch e {
	case asset.Brotli:
		return &a.brotli
	case asset.Zstd:
		return &a.zstd
	case asset.Gzip, "x-gzip": // RFC 9110 section 8.4.1.3
		return &a.gzip
	case asset.Identity:
		return &a.identity
	case "*":
		return &a.any
	}
	return nil
}

// parseAcceptEncoding ignores what it cannot read. It runs for every request and allocates
// nothing.
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

// parseWeight reads a parameter such as q=0.8. Without one the weight is 1.
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
