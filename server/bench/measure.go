package main

import (
	"context"
	"fmt"

	"twinlock/app/text"
	"twinlock/server/e2e/programs"
)

// networks are those that visits are measured in.
var networks = []network{fullSpeed, slow4G}

// visits measures visits beside the others, in a browser that runs.
func (b *bench) visits(ctx context.Context, o others) error {
	starts := o.starters()
	if o.spa != nil {
		starts = append(starts, func(f *fronts) (contender, error) { return f.spa(*o.spa) })
	}
	return b.inBrowser(ctx, func(browser context.Context, n network) error {
		list, err := visits(ctx, browser, n, b.rounds, starts)
		if err == nil {
			visitRows(b.table, list)
		}
		return err
	})
}

// returns measures return visits beside the others, each in a new browser.
func (b *bench) returns(ctx context.Context, o others) error {
	for _, n := range networks {
		list, err := returns(ctx, b.dir, n, b.rounds, o.starters())
		if err != nil {
			return err
		}
		returnRows(b.table, list)
	}
	return nil
}

// profiles measures how long it takes to show many identities.
func (b *bench) profiles(ctx context.Context) error {
	var starts []starter
	for _, identities := range []int{10, 100, 1000} {
		starts = append(starts, func(f *fronts) (contender, error) {
			c, err := f.twinlock(identities)
			c.name = fmt.Sprintf("%d identities", identities)
			return c, err
		})
	}
	list, err := returns(ctx, b.dir, fullSpeed, b.rounds, starts)
	if err == nil {
		profileRows(b.table, list)
	}
	return err
}

// languages measures first visits of somebody who reads English or Arabic.
func (b *bench) languages(ctx context.Context) error {
	return b.inBrowser(ctx, func(browser context.Context, n network) error {
		list, err := visits(ctx, browser, n, b.rounds, []starter{
			inLanguages("English alone", nil, "en"),
			inLanguages("all languages, read in English", text.Languages(), "en"),
			inLanguages("all languages, read in Arabic", text.Languages(), "ar"),
		})
		if err == nil {
			languageRows(b.table, list)
		}
		return err
	})
}

// against measures two versions of Twinlock beside each other.
func (b *bench) against(ctx context.Context, checkout string) error {
	starts := []starter{
		func(f *fronts) (contender, error) { return f.built(ctx, "Twinlock", ".", 2) },
		func(f *fronts) (contender, error) { return f.built(ctx, checkout, checkout, 2) },
	}
	return b.inBrowser(ctx, func(browser context.Context, n network) error {
		visited, err := visits(ctx, browser, n, b.rounds, starts)
		if err != nil {
			return err
		}
		returned, err := returns(ctx, b.dir, n, b.rounds, starts)
		if err == nil {
			againstRows(b.table, visited, returned)
		}
		return err
	})
}

// inBrowser runs do for each network, with one browser.
func (b *bench) inBrowser(ctx context.Context, do func(browser context.Context, n network) error) error {
	path, err := programs.Chromium.Find()
	if err != nil {
		return err
	}
	browser, end, err := startBrowser(ctx, path)
	if err != nil {
		return err
	}
	defer end()
	for _, n := range networks {
		if err := do(browser, n); err != nil {
			return err
		}
	}
	return nil
}
