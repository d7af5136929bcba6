package bidi

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// preferences are those of a person's browser that differ from the ones Firefox
// takes on when it is driven: pop-ups that nobody asked for are blocked, and it
// asks nobody whether there is a network.
const preferences = `user_pref("dom.disable_open_during_load", true);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("intl.accept_languages", "en-US");
`

// Firefox starts a Firefox without a window on the screen. stop ends it and
// removes what it has kept.
func Firefox(ctx context.Context, path string) (b *Browser, stop func(), err error) {
	profile, err := os.MkdirTemp("", "firefox")
	if err != nil {
		return nil, nil, err
	}
	remove := func() { _ = os.RemoveAll(profile) }
	if err := os.WriteFile(filepath.Join(profile, "user.js"), []byte(preferences), 0o600); err != nil {
		remove()
		return nil, nil, err
	}
	cmd := exec.Command(path, "--headless", "--no-remote", "--profile", profile,
		"--remote-debugging-port", "0", "--remote-allow-origins", Origin, "--width", "1280", "--height", "800")
	cmd.Env = append(os.Environ(), "HOME="+profile)
	said, err := cmd.StderrPipe()
	if err != nil {
		remove()
		return nil, nil, err
	}
	if err := cmd.Start(); err != nil {
		remove()
		return nil, nil, err
	}
	end := func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		remove()
	}
	url, err := address(bufio.NewScanner(said))
	if err == nil {
		b, err = Connect(ctx, url)
	}
	if err != nil {
		end()
		return nil, nil, fmt.Errorf("start %s: %w", path, err)
	}
	return b, func() {
		_ = b.Close(ctx)
		end()
	}, nil
}

// address finds the URL in what Firefox says, and reads on to the end lest it
// has to wait for a reader.
func address(said *bufio.Scanner) (string, error) {
	for said.Scan() {
		if _, url, found := strings.Cut(said.Text(), "WebDriver BiDi listening on "); found {
			go func() {
				for said.Scan() {
				}
			}()
			return url, nil
		}
	}
	return "", errors.Join(errors.New("it does not say where it listens"), said.Err())
}
