package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/time/rate"
)

// Bounds of an examination.
const (
	maxRequests = 25               // and one for each connection beyond ten
	maxAnswer   = 1 << 20          // bytes of a body that are read
	maxWait     = 10 * time.Second // for an answer
	maxPause    = 5 * time.Second  // that a tenant may ask for before one more try
)

// What a free plan allows at the Management API. The other requests are too few to be paced.
//
// Source: https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy/rate-limit-configurations/free-public.
const (
	apiRate  = rate.Limit(2) // a second
	apiBurst = 2
)

// userAgent tells a tenant's log who asks.
const userAgent = "twinlock-doctor"

var errEnough = errors.New("no more requests are allowed")

// An asker sends requests, a limited number of them, without cookies, and follows no
// redirects.
type asker struct {
	client *http.Client
	pace   func(context.Context) error // waits before a request to the Management API
	left   int
	sent   int
}

func newAsker(o Options) *asker {
	return &asker{left: maxRequests + max(0, len(o.Config.Connections)-10), pace: o.Pace, client: &http.Client{
		Transport:     o.Transport,
		Timeout:       maxWait,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// An answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

// ask sends a request. Where the tenant asks for patience, it sends it once more.
func (a *asker) ask(ctx context.Context, method, address string, header http.Header, form url.Values) (answer, error) {
	got, err := a.once(ctx, method, address, header, form)
	if err != nil || got.status != http.StatusTooManyRequests {
		return got, err
	}
	select {
	case <-ctx.Done():
		return got, ctx.Err()
	case <-time.After(min(max(time.Second, pause(got.header)), maxPause)):
	}
	return a.once(ctx, method, address, header, form)
}

// pause is how long the tenant asks to wait: by the standard's header, or by its own, which has
// the time at which there is room again.
func pause(h http.Header) time.Duration {
	if seconds, err := strconv.Atoi(h.Get("Retry-After")); err == nil {
		return time.Duration(seconds) * time.Second
	}
	at, err := strconv.ParseInt(h.Get("X-RateLimit-Reset"), 10, 64)
	now, wrong := http.ParseTime(h.Get("Date")) // the tenant's clock, and not this machine's
	if err != nil || wrong != nil {
		return 0
	}
	return time.Unix(at, 0).Sub(now)
}

func (a *asker) once(ctx context.Context, method, address string, header http.Header, form url.Values) (answer, error) {
	if a.left == 0 {
		return answer{}, errEnough
	}
	if strings.Contains(address, "/api/v2/") {
		if err := a.pace(ctx); err != nil {
			return answer{}, err
		}
	}
	a.left--
	a.sent++
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return answer{}, err
	}
	for name, values := range header {
		r.Header[name] = values
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.Header.Set("User-Agent", userAgent)
	response, err := a.client.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	data, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	return answer{response.StatusCode, response.Header, string(data)}, err
}

// unclear reports whether an answer says nothing of the settings: the service has a problem
// of its own, or is asked too much.
func (a answer) unclear() bool { return a.status == http.StatusTooManyRequests || a.status >= 500 }

// refusal is an error as OAuth and the Management API tell one.
type refusal struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
	Message     string `json:"message"`
}

// refusal reads the error of a JSON body; false if there is none.
func (a answer) refusal() (refusal, bool) {
	var r refusal
	err := json.Unmarshal([]byte(a.body), &r)
	return r, err == nil && (r.Error != "" || r.Message != "")
}

// words returns the status of an answer and what it says, on one line.
func (a answer) words() string {
	said := ""
	if r, is := a.refusal(); is {
		said = strings.TrimSpace(strings.Join([]string{r.Error, r.Description, r.Message}, " "))
	} else {
		said = text(a.body)
	}
	if len(said) > 300 {
		said = strings.ToValidUTF8(said[:300], "") + "…"
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s", a.status, said))
}

var (
	notText = regexp.MustCompile(`(?is)<(script|style|head)\b.*?</(script|style|head)>|<[^>]*>`)
	spaces  = regexp.MustCompile(`[\s\pC]+`)
	title   = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)
)

// text returns the words of a page, on one line: its title first.
func text(page string) string {
	first := ""
	if m := title.FindStringSubmatch(page); m != nil {
		first = m[1] + ": "
	}
	return line(html.UnescapeString(first + notText.ReplaceAllString(page, " ")))
}

// line returns a text without line breaks and what else is no sign, such as a terminal's commands.
func line(text string) string {
	return strings.TrimSpace(spaces.ReplaceAllString(strings.ToValidUTF8(text, "\uFFFD"), " "))
}

// mentions reports whether a page or an error speaks of something, in any case.
func mentions(said, of string) bool { return strings.Contains(strings.ToLower(said), of) }
