package site

import (
	"strconv"
	"strings"

	"twinlock/web/asset"
)

// negotiate chooses among the codings of a file by an Accept-Encoding header
// (RFC 9110 §12.5.3): the highest weight wins, and of equal ones the server's
// favourite. Where nothing fits the answer is not encoded, as the RFC advises.
func negotiate(header string, has func(asset.Encoding) bool) asset.Encoding {
	weights := parseAcceptEncoding(header)
	best, bestWeight := asset.Identity, weights[asset.Identity]
	for _, e := range asset.Encodings {
		weight, named := weights[e]
		if !named {
			weight = weights["*"]
		}
		better := weight > bestWeight || weight == bestWeight && best == asset.Identity
		if weight > 0 && better && has(e) {
			best, bestWeight = e, weight
		}
	}
	return best
}

// parseAcceptEncoding returns the weights by coding, in thousandths. What it
// cannot read it leaves out.
func parseAcceptEncoding(header string) map[asset.Encoding]int {
	weights := map[asset.Encoding]int{}
	for item := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(item, ";")
		name = strings.ToLower(strings.Trim(name, " \t"))
		weight, ok := parseWeight(params)
		if name == "" || !ok {
			continue
		}
		if name == "x-gzip" { // RFC 9110 §8.4.1.3
			name = "gzip"
		}
		weights[asset.Encoding(name)] = weight
	}
	return weights
}

// parseWeight reads `q=0.8`; no parameter means 1.
func parseWeight(params string) (thousandths int, ok bool) {
	params = strings.Trim(params, " \t")
	if params == "" {
		return 1000, true
	}
	name, value, found := strings.Cut(params, "=")
	if !found || !strings.EqualFold(strings.Trim(name, " \t"), "q") {
		return 0, false
	}
	q, err := strconv.ParseFloat(strings.Trim(value, " \t"), 64)
	if err != nil || !(q >= 0 && q <= 1) {
		return 0, false
	}
	return int(q * 1000), true
}
