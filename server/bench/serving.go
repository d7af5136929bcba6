package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"twinlock/server/e2e/programs"
	"twinlock/server/e2e/webhost"
)

// How serving is measured. The servers take turns, so that other work of the machine slows
// down all of them alike.
const (
	servingRounds  = 7
	servingTime    = 700 * time.Millisecond // for each server in a round
	servingClients = 16                     // connections that ask without a pause
)

// contestant is one of the servers. All have the same files.
type contestant struct {
	name string
	addr string
	pid  int
	stop func() error
}

// serving asks twinlock serve, nginx and Caddy for the page and for the compressed program,
// on connections that stay open. It makes their files in dir.
func serving(ctx context.Context, t table, dir string) error {
	site := filepath.Join(dir, "site")
	contestants, err := startContestants(ctx, site)
	defer func() {
		for _, c := range contestants {
			_ = c.stop()
		}
	}()
	if err != nil {
		return err
	}
	wasm, err := filepath.Glob(filepath.Join(site, "web", "app.*.wasm"))
	if err != nil || len(wasm) != 1 {
		return fmt.Errorf("programs %q: %w", wasm, err)
	}
	for _, asked := range []struct {
		what, path string
		want       map[string]target // by the other's name
	}{
		{"page", "/", map[string]target{webhost.Caddy.Name: atLeast(1), webhost.Nginx.Name: atLeast(0.8)}},
		{"program", "/web/" + filepath.Base(wasm[0]), map[string]target{webhost.Caddy.Name: atLeast(1), webhost.Nginx.Name: atLeast(0.7)}},
	} {
		rates, err := race(ctx, contestants, asked.path)
		if err != nil {
			return err
		}
		for i, c := range contestants[1:] {
			what := fmt.Sprintf("serving: %s, brotli; %s", asked.what, c.name)
			t.row(what, "requests/s", rates[0], rates[i+1], asked.want[c.name])
		}
	}
	return memory(t, contestants)
}

// memory compares the memory of the servers after all requests.
func memory(t table, contestants []contestant) error {
	ours, err := residentMemory(contestants[0].pid)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // not Linux
	}
	if err != nil {
		return err
	}
	for _, c := range contestants[1:] {
		theirs, err := residentMemory(c.pid)
		if err != nil {
			return err
		}
		want := map[string]target{webhost.Caddy.Name: atMost(1)}[c.name]
		t.row("serving: memory; "+c.name, "MB", sample{ours / 1e6}, sample{theirs / 1e6}, want)
	}
	return nil
}

// startContestants starts Twinlock, and those of the others that are installed.
func startContestants(ctx context.Context, folder string) ([]contestant, error) {
	root, err := programs.Root()
	if err != nil {
		return nil, err
	}
	twinlock := filepath.Join(root, "bin", "twinlock")
	settings := []string{"--domain=acme.eu.auth0.com", "--client-id=bench", "--connections=google-oauth2,facebook"}
	export := exec.CommandContext(ctx, twinlock, append([]string{"export", "--out=" + folder}, settings...)...)
	if out, err := export.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("export: %w: %s", err, out)
	}
	own, err := serveCommand(ctx, twinlock, settings)
	if err != nil {
		return nil, err
	}
	list := []contestant{own}
	for _, other := range []webhost.Server{webhost.Caddy, webhost.Nginx} {
		addr, err := freeAddress()
		if err != nil {
			return list, err
		}
		running, err := other.Start(addr, folder, "")
		if errors.Is(err, webhost.ErrMissing) {
			fmt.Fprintln(os.Stderr, "Left out:", err)
			continue
		}
		if err != nil {
			return list, err
		}
		list = append(list, contestant{other.Name, addr, running.PID(), running.Stop})
	}
	return list, nil
}

// serveCommand starts twinlock serve, without an access log, as the others are started.
func serveCommand(ctx context.Context, twinlock string, settings []string) (contestant, error) {
	args := append([]string{"serve", "--addr=127.0.0.1:0", "--no-access-log"}, settings...)
	cmd := exec.CommandContext(ctx, twinlock, args...)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return contestant{}, err
	}
	if err := cmd.Start(); err != nil {
		return contestant{}, err
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		return contestant{}, errors.Join(fmt.Errorf("twinlock serve does not answer: %w", err), cmd.Wait())
	}
	addr := strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(line), "ready: http://"), "/")
	stop := func() error {
		return errors.Join(cmd.Process.Signal(os.Interrupt), cmd.Wait())
	}
	return contestant{"twinlock", addr, cmd.Process.Pid, stop}, nil
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// race lets the contestants take turns, after a round that warms up. It returns the
// requests per second of each contestant, by round.
func race(ctx context.Context, contestants []contestant, path string) ([]sample, error) {
	rates := make([]sample, len(contestants))
	err := taking(1+servingRounds, len(contestants), func(i int) error {
		rate, err := ask(ctx, contestants[i].addr, path)
		if err != nil {
			return fmt.Errorf("%s %s: %w", contestants[i].name, path, err)
		}
		rates[i] = append(rates[i], rate)
		return nil
	})
	for i := range rates {
		rates[i] = rates[i][min(1, len(rates[i])):]
	}
	return rates, err
}

// ask has clients ask one server for a while, and returns the requests per second.
func ask(ctx context.Context, addr, path string) (rate float64, err error) {
	request := []byte("GET " + path + " HTTP/1.1\r\nHost: " + addr + "\r\nAccept-Encoding: br\r\n\r\n")
	counts := make([]int, servingClients)
	errs := make([]error, servingClients)
	start := time.Now()
	var clients sync.WaitGroup
	for i := range servingClients {
		clients.Go(func() {
			c := client{addr: addr}
			defer c.close()
			for time.Since(start) < servingTime && ctx.Err() == nil && errs[i] == nil {
				errs[i] = c.get(request)
				counts[i]++
			}
		})
	}
	clients.Wait()
	total := 0
	for _, n := range counts {
		total += n
	}
	return float64(total) / time.Since(start).Seconds(), cmp.Or(append(errs, ctx.Err())...)
}

// client is an HTTP client that does only what is needed here: a whole one would take more
// time than the servers.
type client struct {
	addr   string
	conn   net.Conn // nil if it is closed: nginx closes it after 1,000 answers
	reader *bufio.Reader
}

func (c *client) close() {
	if c.conn != nil {
		c.conn.Close()
		c.conn = nil
	}
}

// get sends a request and reads the answer, which must be 200 and compressed.
func (c *client) get(request []byte) (err error) {
	if c.conn == nil {
		if c.conn, err = net.Dial("tcp", c.addr); err != nil {
			return err
		}
		c.reader = bufio.NewReaderSize(c.conn, 256<<10)
	}
	if _, err := c.conn.Write(request); err != nil {
		return err
	}
	h, err := c.readHeader()
	if err != nil {
		return err
	}
	if h.chunked {
		err = c.discardChunks()
	} else {
		_, err = c.reader.Discard(h.length)
	}
	if h.last {
		c.close()
	}
	return err
}

// header is what the client must know of an answer.
type header struct {
	length  int  // of the body in bytes, unless it is chunked
	chunked bool // the body comes in chunks
	last    bool // the server closes the connection
}

func (c *client) readHeader() (h header, err error) {
	line, err := c.reader.ReadSlice('\n')
	if err != nil || !bytes.HasPrefix(line, []byte("HTTP/1.1 200 ")) {
		return h, fmt.Errorf("answer %q: %w", line, err)
	}
	compressed := false
	for {
		line, err := c.reader.ReadSlice('\n')
		if err != nil {
			return h, err
		}
		if len(line) <= 2 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(": "))
		value = bytes.TrimSuffix(value, []byte("\r\n"))
		switch string(bytes.ToLower(name)) {
		case "content-length":
			if h.length, err = strconv.Atoi(string(value)); err != nil {
				return h, err
			}
		case "content-encoding":
			compressed = string(value) == "br"
		case "transfer-encoding":
			h.chunked = true
		case "connection":
			h.last = string(value) == "close"
		}
	}
	if !compressed {
		return h, errors.New("the answer is not compressed")
	}
	return h, nil
}

func (c *client) discardChunks() error {
	for {
		line, err := c.reader.ReadSlice('\n')
		if err != nil {
			return err
		}
		size, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 16, 32)
		if err != nil {
			return err
		}
		if _, err := c.reader.Discard(int(size) + len("\r\n")); err != nil || size == 0 {
			return err
		}
	}
}

// residentMemory returns the memory of a process and its children in bytes. What processes
// share is counted in part for each (Pss of proc_pid_smaps(5)).
func residentMemory(pid int) (float64, error) {
	total := 0.0
	for _, id := range append(children(pid), pid) {
		rollup, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", id))
		if err != nil {
			return 0, err
		}
		_, rest, _ := strings.Cut(string(rollup), "\nPss:")
		var kilobytes float64
		if _, err := fmt.Sscan(rest, &kilobytes); err != nil {
			return 0, err
		}
		total += kilobytes * 1024
	}
	return total, nil
}

// children returns the ids of a process's children.
func children(pid int) []int {
	list, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	var pids []int
	for _, field := range strings.Fields(string(list)) {
		if id, err := strconv.Atoi(field); err == nil {
			pids = append(pids, id)
		}
	}
	return pids
}
