package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/chromedp/chromedp"

	"twinlock/server/e2e/programs"
)

// How long a browser is left alone.
const (
	settles = time.Second     // after its start, and after a visit
	stores  = 3 * time.Second // before the measured visits, for the caches of compiled code
)

// returning is a contender with what its visitor's browser has stored.
type returning struct {
	contender
	folder  string // of the browser's profile
	network network
}

// returns measures return visits of all contenders, each in a new process of the whole
// browser, with a profile in which somebody has signed in.
func returns(ctx context.Context, dir string, n network, rounds int, starts []starter) ([]series, error) {
	f := &fronts{line: &line{network: n}}
	defer f.close()
	profiles, err := os.MkdirTemp(dir, "profiles-")
	if err != nil {
		return nil, err
	}
	list, visitors := make([]series, len(starts)), make([]returning, len(starts))
	for i, start := range starts {
		c, err := start(f)
		if err != nil {
			return nil, err
		}
		list[i] = series{contender: c.name, network: n}
		visitors[i] = returning{c, filepath.Join(profiles, fmt.Sprint(i)), n}
		if err := visitors[i].prepare(ctx); err != nil {
			return nil, fmt.Errorf("%s: %w", c.name, err)
		}
	}
	err = taking(rounds, len(starts), func(i int) error {
		back, err := visitors[i].visit(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", list[i].contender, err)
		}
		list[i].back = append(list[i].back, back)
		return nil
	})
	return list, err
}

// prepare signs in, and visits the page often enough for the browser to keep compiled code.
func (r returning) prepare(ctx context.Context) error {
	err := r.inProcess(ctx, func(d *device) error {
		if _, err := d.visit(r.contender, false); err != nil {
			return err
		}
		if r.signIn != nil {
			if err := r.signIn(d, r.contender); err != nil {
				return fmt.Errorf("sign in: %w", err)
			}
		}
		time.Sleep(stores)
		_, err := d.visit(r.contender, r.profile != "")
		time.Sleep(stores)
		return err
	})
	if err != nil {
		return err
	}
	_, err = r.visit(ctx)
	return err
}

// visit is one in a new process.
func (r returning) visit(ctx context.Context) (m marks, err error) {
	err = r.inProcess(ctx, func(d *device) error {
		m, err = d.visit(r.contender, r.profile != "")
		time.Sleep(settles)
		return err
	})
	return m, err
}

// inProcess runs do with a new browser that has the profile, and ends the browser.
func (r returning) inProcess(ctx context.Context, do func(*device) error) error {
	path, err := programs.Chromium.Find()
	if err != nil {
		return err
	}
	browser, end, err := startBrowser(ctx, path, chromedp.UserDataDir(r.folder))
	if err != nil {
		return err
	}
	defer end()
	d := &device{browser, end}
	err = d.equip(r.network, r.contender)
	time.Sleep(settles)
	if err != nil {
		return err
	}
	return errors.Join(do(d), ctx.Err())
}
