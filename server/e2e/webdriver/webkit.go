package webdriver

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"time"
)

// capabilities has the driver give up on a script that does not answer, because
// its page has gone. (milliseconds)
var capabilities = map[string]any{"timeouts": map[string]int{"script": 5000, "pageLoad": 8000}}

// WebKit starts WebKitGTK's driver and its browser on an X display such as
// ":99". stop ends both. The driver knows one browser at a time.
func WebKit(ctx context.Context, path, display string) (s *Session, window string, stop func(), err error) {
	address, err := freeAddress()
	if err != nil {
		return nil, "", nil, err
	}
	host, port, _ := net.SplitHostPort(address)
	cmd := exec.Command(path, "--host="+host, "--port="+port)
	// Neither a screen reader nor a graphics card is there.
	cmd.Env = append(os.Environ(), "DISPLAY="+display, "NO_AT_BRIDGE=1", "WEBKIT_DISABLE_COMPOSITING_MODE=1")
	if err := cmd.Start(); err != nil {
		return nil, "", nil, err
	}
	end := func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	for range 200 {
		if s, window, err = New(ctx, "http://"+address, capabilities); !errors.As(err, new(*net.OpError)) {
			break
		}
		time.Sleep(50 * time.Millisecond) // it does not listen yet
	}
	if err != nil {
		end()
		return nil, "", nil, fmt.Errorf("start %s: %w", path, err)
	}
	return s, window, func() {
		_ = s.Close(ctx)
		end()
	}, nil
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// Xvfb starts an X server without a screen, and returns the name of its display.
func Xvfb(path string) (display string, stop func(), err error) {
	said, says, err := os.Pipe()
	if err != nil {
		return "", nil, err
	}
	defer said.Close()
	cmd := exec.Command(path, "-displayfd", "3", "-screen", "0", "1280x1024x24", "-nolisten", "tcp")
	cmd.ExtraFiles = []*os.File{says}
	err = cmd.Start()
	says.Close()
	if err != nil {
		return "", nil, err
	}
	stop = func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	}
	number, err := bufio.NewReader(said).ReadString('\n')
	if err != nil {
		stop()
		return "", nil, fmt.Errorf("start %s: %w", path, err)
	}
	return ":" + strings.TrimSpace(number), stop, nil
}
