// Package webhost serves an exported site with a web server that somebody else
// makes, configured as server/site/HOSTING.md says.
package webhost

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"

	"twinlock/server/e2e/programs"
)

// Server is a web server.
type Server struct {
	Name    string
	program programs.Program
	// language marks its configuration among the examples in HOSTING.md.
	language string
	// names are what stands there for address and folder.
	address, listen string
	// surround makes a whole configuration that touches nothing of the machine.
	surround func(path, dir, site string) string
	command  func(path, dir string) *exec.Cmd
}

// The web servers.
var (
	Nginx = Server{
		Name: "nginx", program: programs.Nginx, language: "nginx",
		address: "listen 80;", listen: "listen %s;", surround: surroundNginx,
		command: func(path, dir string) *exec.Cmd {
			return exec.Command(path, "-p", dir, "-c", filepath.Join(dir, "config"), "-e", "stderr")
		},
	}
	Caddy = Server{
		Name: "Caddy", program: programs.Caddy, language: "caddyfile",
		address: "accounts.example.com {", listen: "http://%s {", surround: surroundCaddy,
		command: func(path, dir string) *exec.Cmd {
			cmd := exec.Command(path, "run", "--config", filepath.Join(dir, "config"), "--adapter", "caddyfile")
			cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_DATA_HOME="+dir, "XDG_CONFIG_HOME="+dir)
			return cmd
		},
	}
)

// ErrMissing tells that the server is not on this machine. See [programs.Program.Find].
var ErrMissing = programs.ErrMissing

// folder and lost are what stands in the examples for the exported folder and
// for the page of lost paths.
const (
	folder = "/srv/twinlock"
	lost   = "/404.html"
)

// Running is a server that runs.
type Running struct {
	cmd    *exec.Cmd
	dir    string
	output output
	ended  chan struct{}
}

// output is what a server says while it runs.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements [io.Writer].
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

// String returns what has been said.
func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// Start serves a folder at an address of this machine until [Running.Stop]. The
// site is in the folder, or below a base path in it as "/link". It returns when
// the server answers.
func (s Server) Start(addr, root, base string) (*Running, error) {
	path, err := s.program.Find()
	if err != nil {
		return nil, err
	}
	site, err := s.configuration(addr, root, base)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "webhost")
	if err != nil {
		return nil, err
	}
	r := &Running{dir: dir, ended: make(chan struct{})}
	if err := os.WriteFile(filepath.Join(dir, "config"), []byte(s.surround(path, dir, site)), 0o600); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	r.cmd = s.command(path, dir)
	r.cmd.Stdout, r.cmd.Stderr = &r.output, &r.output
	if err := r.cmd.Start(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	go func() {
		defer close(r.ended)
		_ = r.cmd.Wait() // each has a status of its own for its end
	}()
	if err := r.answers("http://" + addr + base + "/"); err != nil {
		stopped := r.Stop()
		return nil, fmt.Errorf("%s does not answer: %w\n%s", s.Name, errors.Join(err, stopped), &r.output)
	}
	return r, nil
}

// Stop ends the server.
func (r *Running) Stop() error {
	err := r.cmd.Process.Signal(os.Interrupt)
	if errors.Is(err, os.ErrProcessDone) {
		err = nil
	}
	<-r.ended
	return errors.Join(err, os.RemoveAll(r.dir))
}

// Logged returns all that the server has written into its logs, and said.
func (r *Running) Logged() (string, error) {
	logs, err := filepath.Glob(filepath.Join(r.dir, "*.log"))
	if err != nil {
		return "", err
	}
	var all strings.Builder
	for _, name := range logs {
		text, err := os.ReadFile(name)
		if err != nil {
			return "", err
		}
		all.Write(text)
	}
	return all.String() + r.output.String(), nil
}

// PID is the server's first process.
func (r *Running) PID() int { return r.cmd.Process.Pid }

// answers waits until a URL is answered with 200.
func (r *Running) answers(url string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		answer, err := http.DefaultClient.Do(request)
		if err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return nil
			}
			err = errors.New(answer.Status)
		}
		select {
		case <-ctx.Done():
			return err
		case <-r.ended:
			return errors.New("it has ended")
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// configuration is the example of HOSTING.md for this address, folder and base
// path.
func (s Server) configuration(addr, root, base string) (string, error) {
	example, err := s.Example()
	if err != nil {
		return "", err
	}
	for _, r := range [][2]string{
		{s.address, fmt.Sprintf(s.listen, addr)},
		{folder, root},
		{lost, base + lost}, // as HOSTING.md says for a site below a path
	} {
		if !strings.Contains(example, r[0]) {
			return "", fmt.Errorf("HOSTING.md: the example for %s has no %s", s.Name, r[0])
		}
		example = strings.ReplaceAll(example, r[0], r[1])
	}
	return example, nil
}

// Example is the configuration in HOSTING.md.
func (s Server) Example() (string, error) {
	root, err := programs.Root()
	if err != nil {
		return "", err
	}
	page, err := os.ReadFile(filepath.Join(root, "server", "site", "HOSTING.md"))
	if err != nil {
		return "", err
	}
	found := regexp.MustCompile("(?s)```"+s.language+"\n(.*?)```").FindAllSubmatch(page, -1)
	if len(found) != 1 {
		return "", fmt.Errorf("HOSTING.md has %d examples for %s, want 1", len(found), s.Name)
	}
	return string(found[0][1]), nil
}

// surroundNginx is what Debian's own configuration has around a site. The logs of both
// are in dir.
func surroundNginx(path, dir, site string) string {
	root := filepath.Join(filepath.Dir(path), "..", "..")
	user := ""
	if os.Geteuid() == 0 {
		user = "user root;" // the folder may be one's own
	}
	var temp strings.Builder
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		fmt.Fprintf(&temp, "\t%s_temp_path %s;\n", kind, filepath.Join(dir, kind))
	}
	return fmt.Sprintf(`%s
daemon off;
worker_processes auto;
pid %s/pid;
load_module %s/usr/lib/nginx/modules/ngx_http_brotli_static_module.so;
events { worker_connections 768; }
http {
	access_log %s/access.log;
	sendfile on;
	tcp_nopush on;
	types_hash_max_size 2048;
	include %s/etc/nginx/mime.types;
	default_type application/octet-stream;
%s
%s
}
`, user, dir, root, dir, root, &temp, strings.ReplaceAll(site, "/var/log/nginx", dir))
}

// surroundCaddy keeps Caddy from managing certificates and from its own port.
func surroundCaddy(_, _, site string) string {
	return "{\n\tadmin off\n\tauto_https off\n}\n" + site
}
