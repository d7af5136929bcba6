package tenant_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"twinlock/server/tenant"
	"twinlock/server/tenant/tenanttest"
)

// These make a process a tenant and not a test: its data directory and address.
const (
	childData = "TWINLOCK_TEST_TENANT_DATA"
	childAddr = "TWINLOCK_TEST_TENANT_ADDR"
)

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler)) // the OpenID provider logs there
	if dir := os.Getenv(childData); dir != "" {
		fmt.Fprintln(os.Stderr, serveChild(dir, os.Getenv(childAddr)))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// serveChild serves a tenant and says so with a line on standard output.
func serveChild(dir, addr string) error {
	t, err := tenant.New(childOptions(addr, dir))
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	fmt.Println("ready")
	return http.Serve(l, t)
}

// The people of the kill test: each worker has a primary and two to link.
const (
	killWorkers    = 8
	killAccounts   = 3
	killIdentities = killWorkers * killAccounts
)

func killUser(worker, account int) tenant.User {
	return tenant.User{Identity: tenant.Identity{Connection: tenant.Google, ID: fmt.Sprintf("1%d%d", worker, account),
		Email: fmt.Sprintf("w%da%d@gmail.example", worker, account)}}
}

func killKey(worker, account int) string { return "google-oauth2|" + killUser(worker, account).ID }

func childOptions(addr, dir string) tenant.Options {
	o := tenant.Options{
		Issuer: "http://" + addr + "/", DataDir: dir, Logger: slog.New(slog.DiscardHandler),
		Clients: []tenant.Client{{ID: "machine", Secret: machineSecret, Grants: []string{tenant.GrantClientCredentials},
			Scopes: []string{"update:users"}}},
		Connections: []tenant.Connection{{Name: tenant.Google, Strategy: "google-oauth2"}},
		RateLimit:   tenant.RateLimit{PerSecond: 1e6, Burst: 1e6},
	}
	for w := range killWorkers {
		for a := range killAccounts {
			o.Users = append(o.Users, killUser(w, a))
		}
	}
	return o
}

// A remote is a tenant in another process.
type remote struct {
	url    string
	client http.Client
	token  string // of a machine
}

// call sends a request and reads a JSON answer into out, if that is not nil.
func (r *remote) call(ctx context.Context, method, path, body string, out any) (int, error) {
	request, err := http.NewRequestWithContext(ctx, method, r.url+path, strings.NewReader(body))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Authorization", "Bearer "+r.token)
	request.Header.Set("Content-Type", "application/json")
	answer, err := r.client.Do(request)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	if err == nil && out != nil {
		err = json.Unmarshal(data, out)
	}
	return answer.StatusCode, err
}

func (r *remote) signIn(t *testing.T) {
	t.Helper()
	var tokens tenanttest.Tokens
	body := fmt.Sprintf(`{"grant_type":"client_credentials","client_id":"machine","client_secret":%q,"audience":%q}`,
		machineSecret, r.url+"/api/v2/")
	if _, err := r.call(t.Context(), http.MethodPost, "/oauth/token", body, &tokens); err != nil || tokens.AccessToken == "" {
		t.Fatalf("sign in: %v", err)
	}
	r.token = tokens.AccessToken
}

func (r *remote) users(t *testing.T) map[string]tenanttest.User {
	t.Helper()
	var list []tenanttest.User
	if _, err := r.call(t.Context(), http.MethodGet, "/_emulator/users", "", &list); err != nil {
		t.Fatalf("users: %v", err)
	}
	users := map[string]tenanttest.User{}
	for _, u := range list {
		users[u.UserID] = u
	}
	return users
}

// A linker links and unlinks the accounts of one worker, and knows which calls
// were answered: those must outlive the tenant.
type linker struct {
	worker  int
	linked  [killAccounts]state
	changes int
}

type state int

const (
	apart state = iota
	together
	unknown // the call was not answered: either
)

// run changes what it can until a call is not answered.
func (k *linker) run(ctx context.Context, to *remote, random *rand.Rand) {
	for {
		a := 1 + random.IntN(killAccounts-1)
		method, path, body, after := http.MethodPost, userPath(killKey(k.worker, 0))+"/identities",
			`{"provider":"google-oauth2","user_id":"`+killUser(k.worker, a).ID+`"}`, together
		if k.linked[a] == together {
			method, path, body, after = http.MethodDelete, identityPath(killKey(k.worker, 0), "google-oauth2",
				killUser(k.worker, a).ID), "", apart
		}
		k.linked[a] = unknown
		status, err := to.call(ctx, method, path, body, nil)
		if err != nil || status >= 300 {
			return // refused only if the client has sent again what was done, but not answered
		}
		k.linked[a] = after
		k.changes++
	}
}

// A tenant that is killed at any moment has, when it starts again, every change
// that it has answered, every identity once, and nothing half written.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("starts and kills processes")
	}
	dir := t.TempDir()
	addr := freeAddr(t)
	child := startChild(t, addr, dir)
	to := &remote{url: "http://" + addr}
	to.signIn(t)
	var linkers []*linker
	for w := range killWorkers {
		linkers = append(linkers, &linker{worker: w})
	}
	random := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0))
	const budget, kills = 6 * time.Second, 25
	n := 0
	for began := time.Now(); n < kills && (n < 3 || time.Since(began) < budget); n++ {
		var all sync.WaitGroup
		for _, k := range linkers {
			seed := random.Uint64()
			all.Go(func() { k.run(t.Context(), to, rand.New(rand.NewPCG(seed, 0))) })
		}
		time.Sleep(time.Duration(random.IntN(150)) * time.Millisecond) // the moment is what varies; nothing is measured
		kill(t, child)
		to.client.CloseIdleConnections()
		all.Wait()
		child = startChild(t, addr, dir)
		checkHeld(t, to.users(t), linkers)
		checkFiles(t, dir)
		if t.Failed() {
			break
		}
	}
	changes := 0
	for _, k := range linkers {
		changes += k.changes
	}
	kill(t, child)
	if changes == 0 {
		t.Error("nothing was changed")
	}
	t.Logf("%d users, %d kills, %d answered changes", killIdentities, n, changes)
}

func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func startChild(t *testing.T, addr, dir string) *exec.Cmd {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childData+"="+dir, childAddr+"="+addr)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { child.Process.Kill() }) // if the test ends early
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatalf("the tenant does not start: %q %v", line, err)
	}
	return child
}

func kill(t *testing.T, child *exec.Cmd) {
	t.Helper()
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	child.Wait() // says that it was killed
}

// checkHeld compares what the tenant holds with what it has answered.
func checkHeld(t *testing.T, users map[string]tenanttest.User, linkers []*linker) {
	t.Helper()
	checkConsistent(t, users, killIdentities)
	for _, k := range linkers {
		main := users[killKey(k.worker, 0)]
		for a := 1; a < killAccounts; a++ {
			held := apart
			if slices.ContainsFunc(main.Identities, func(i tenanttest.Identity) bool {
				return i.UserID == killUser(k.worker,
					a).ID
			}) {
				held = together
			}
			if k.linked[a] != unknown && k.linked[a] != held {
				t.Errorf("worker %d, account %d: answered %d, held %d", k.worker, a, k.linked[a], held)
			}
			k.linked[a] = held
		}
	}
}

// checkConsistent checks that every identity belongs to exactly one user, who is
// named after its main one, and that none is lost.
func checkConsistent(t *testing.T, users map[string]tenanttest.User, identities int) {
	t.Helper()
	owners := map[string][]string{}
	for id, u := range users {
		for n, i := range u.Identities {
			key := i.Provider + "|" + i.UserID
			owners[key] = append(owners[key], id)
			if n == 0 && key != id {
				t.Errorf("user %s has the main identity %s", id, key)
			}
		}
	}
	if len(owners) != identities {
		t.Errorf("%d identities, want %d: %v", len(owners), identities, owners)
	}
	for key, ids := range owners {
		if len(ids) != 1 {
			t.Errorf("%s belongs to %v", key, ids)
		}
	}
}

func checkFiles(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() == "lock" {
			continue
		}
		data, err := os.ReadFile(dir + "/" + e.Name())
		if err != nil || !slices.Contains([]string{"users.json", "keys.json"}, e.Name()) || !json.Valid(data) {
			t.Errorf("%s is left: %v", e.Name(), err)
		}
	}
}
