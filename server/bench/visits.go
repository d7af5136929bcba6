package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// series has the visits of one contender.
type series struct {
	contender string
	network   network
	first     []marks // first visits
	called    []marks // visits of the callback page, after a login
	back      []marks // return visits
}

// starter starts a contender's servers.
type starter func(*fronts) (contender, error)

// taking calls do for each of n contenders, round by round. Another one begins each round,
// so that other work of the machine slows down all of them alike.
func taking(rounds, n int, do func(i int) error) error {
	for round := range rounds {
		for i := range n {
			if err := do((i + round) % n); err != nil {
				return err
			}
		}
	}
	return nil
}

// visits measures first visits, logins and return visits of all contenders, in one browser.
func visits(ctx, browser context.Context, n network, rounds int, starts []starter) ([]series, error) {
	list := make([]series, len(starts))
	err := taking(rounds, len(starts), func(i int) error { return oneRound(browser, n, starts[i], &list[i]) })
	return list, errors.Join(err, ctx.Err())
}

// oneRound measures a first visit, a login and a return visit of one contender.
func oneRound(browser context.Context, n network, start starter, s *series) error {
	f := &fronts{line: &line{network: n}}
	defer f.close()
	c, err := start(f)
	if err != nil {
		return err
	}
	s.contender, s.network = c.name, n
	d, err := newDevice(browser, n, c)
	if err != nil {
		return err
	}
	defer d.stop()
	first, err := d.visit(c, false)
	if err != nil {
		return err
	}
	s.first = append(s.first, first)
	if c.signIn != nil {
		if err := c.signIn(d, c); err != nil {
			return fmt.Errorf("sign in to %s: %w", c.name, err)
		}
		if c.calledBack {
			called, err := d.reached(true)
			if err != nil {
				return err
			}
			s.called = append(s.called, called)
		}
	} else if err := d.wait(`!navigator.serviceWorker || navigator.serviceWorker.controller ||
		document.readyState === "complete"`); err != nil {
		return err
	}
	if c.forgets {
		return nil
	}
	time.Sleep(500 * time.Millisecond) // for what is stored in the background
	back, err := d.visit(c, c.profile != "")
	if err != nil {
		return err
	}
	s.back = append(s.back, back)
	return nil
}
