# Needs Go, make and git. The browser tests need Chromium, and some of them nginx
# and Caddy, which they get where they may.

GO       ?= go
FUZZTIME ?= 2s

.PHONY: run build bundle size test-fast test test-sweeps test-guards test-browsers test-a11y test-peers lighthouse fuzz \
	programs screens bench bench-go check help

run: build ## Build everything and start the app with an embedded tenant
	bin/twinlock dev

build: bundle ## Build bin/twinlock, which holds the whole site
	$(GO) build -trimpath -ldflags='-s -w' -o bin/twinlock ./server/twinlock

bundle: ## Build the browser's half into web/dist
	@mkdir -p bin
	$(GO) run ./wasm/mkbundle

size: bundle ## Say what the browser's half weighs, by package
	@$(GO) run ./wasm/size

# What runs without a browser does not care how old the program is.
web/dist/manifest.json:
	@$(MAKE) --no-print-directory bundle

test-fast: web/dist/manifest.json ## Run the tests that need no browser: less than a minute
	$(GO) test -short ./...

# A browser on a busy machine fails a test now and then. Of the browser tests, and of
# them alone, a few that fail are run once more by themselves; the first failure is
# printed all the same.
in_browser := $(GO) tool gotestsum --format=testname --hide-summary=skipped --rerun-fails=1 --rerun-fails-max-failures=6

test: build programs ## Run every test, in a browser too; of a long table the cases that stand for the others
	$(GO) test -timeout 30m $$($(GO) list ./... | grep -v '/server/e2e$$')
	$(in_browser) --packages=./server/e2e -- -timeout 30m

# The tests with long tables: every language, size, spoilt file, kind of press.
sweeps := AnswersOfATenant|Borders|BothAccountsWhole|BrokenVault|ClockIsPutRightAtTheTenant|ClockSkew|CompilingAheadFails|EditedLabel|ForcedColours|HeadingsKeepWordsWhole|Hosts|LanguagesFit|LastView|ListAndButtons|LoginsWaitInTheDatabase|MadeUpLanguage|MarksHoldLargeText|Narrow|NothingJumps|NothingKeepsALogin|OfflineVisit|PartedWindow|PartedWindowGivenUp|Presses|PressesBeforeTheProgram|Print|QuestionFits|RegionalDates|ReplayedCallback|RightToLeft|Scenes|Screens|SignIn|SignInByPopup|SmallerThanHello|SpoiltDeployment|TenantChanges|UnknownPath|WhatABrowserLacks

test-sweeps: build programs ## Run every case of the long tables
	@$(GO) run ./server/e2e/programs/ensure fonts
	$(GO) test -timeout 30m -count=1 ./wasm/bundle -sweep -run='^Test($(sweeps))$$'
	$(in_browser) --packages=./server/e2e -- -timeout 30m -count=1 -run='^Test($(sweeps))$$' -args -sweep

test-guards: web/dist/manifest.json ## Take each guard away in turn, and see the tests fail that are for it
	$(GO) test ./server -count=1 -timeout 30m -run='^TestGuards$$' -guards

# The main flows. In Firefox one at a time: its windows take the focus from each
# other.
flows := SignIn|SignInByPopup|SignInBeforeTheProgram|Link|LinkByPopup|Unlink|SignOut|BackAfterSignOut|ReplayedCallback|ServersGone|Keyboard

test-browsers: build ## Run the tests of the main flows in Firefox and WebKit
	@$(GO) run ./server/e2e/programs/ensure firefox webkit xvfb
	$(GO) test -timeout 15m ./server/e2e -count=1 -parallel=1 -run='^Test($(flows))$$' -browser=firefox
	$(GO) test -timeout 15m ./server/e2e -count=1 -parallel=2 -run='^Test($(flows))$$' -browser=webkit

peers := server/tenant/peers
audit := server/e2e/audit

test-a11y: build programs $(audit)/node_modules ## Have axe-core look at every page and state; needs Node
	$(GO) test ./server/e2e -count=1 -run='^TestAxe$$' -axe="$(CURDIR)/$(audit)/node_modules/axe-core/axe.min.js"

lighthouse: build programs $(audit)/node_modules ## Have Lighthouse look at the page, as a phone; needs Node
	@node $(audit)/lighthouse.js

test-peers: build $(peers)/node_modules ## Drive Auth0's own clients against the embedded tenant; needs Node
	@cd $(peers) && npm test --silent

%/node_modules: %/package-lock.json
	@command -v npm >/dev/null || { echo '$@: install Node 20 or later, with npm'; exit 1; }
	cd $* && npm ci --silent
	@touch $@

# go test fuzzes one target at a time. At the end of its time it sometimes fails with
# nothing but "context deadline exceeded", which is its own fault: https://go.dev/issue/75804.
# That target is fuzzed again; whatever fails on an input fails here at once.
fuzz: ## Run every fuzz target for FUZZTIME
	@$(GO) test -short -list='^Fuzz' ./... | \
	awk '/^Fuzz/ { targets[n++] = $$1 } /^ok/ { for (i = 0; i < n; i++) print $$2, targets[i]; n = 0 }' | \
	while read -r package target; do \
		for try in 1 2 3 4 5 6; do \
			if said=$$($(GO) test "$$package" -run='^$$' -fuzz="^$$target$$" -fuzztime=$(FUZZTIME) 2>&1); then \
				echo "$$said" | tail -n 1; continue 2; \
			fi; \
			echo "$$said"; \
			echo "$$said" | grep -qx ' *context deadline exceeded' || exit 1; \
		done; \
		exit 1; \
	done

programs:
	@$(GO) run ./server/e2e/programs/ensure

# STATE=slow takes the pictures of that one only.
screens: build programs ## Take a picture of every state, size, scheme and language, into bin/screens
	$(GO) test ./server/e2e -count=1 -timeout 60m -run='^TestSheet$$' -sheet="$(CURDIR)/bin/screens" -state="$(STATE)"

bench: build programs ## Measure sizes, visits and the server beside others; print one table
	$(GO) run ./server/bench

bench-go: build ## Run the benchmarks of the packages
	$(GO) test -run='^$$' -bench=. -benchmem ./...

# Vet and staticcheck see one half of the files at a time.
check: ## Vet, lint, formatting, tidiness of modules
	$(GO) vet ./...
	GOOS=js GOARCH=wasm $(GO) vet ./app/... ./wasm
	$(GO) tool staticcheck ./...
	GOOS=js GOARCH=wasm $$($(GO) tool -n staticcheck) ./app/... ./wasm
	@unformatted=$$(gofmt -s -l .); test -z "$$unformatted" || { echo "gofmt -s: $$unformatted"; exit 1; }
	$(GO) mod tidy -diff
	$(GO) mod verify

help: ## Print this
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16
