package server_test

// guards are what each prevents something, by file. Where a guard is rewritten its text is, too:
// TestGuardsAreThere tells.
var guards = []guard{
	{
		"PKCE is S256", "app/oidc/begin.go",
		`"code_challenge_method": "S256"`,
		`"code_challenge_method": "plain"`,
		[]string{"app/oidc: TestBegin"},
	},
	{
		"the challenge hides the verifier", "app/oidc/begin.go",
		`sum := sha256.Sum256([]byte(verifier))`,
		`sum := []byte(verifier + strings.Repeat("", sha256.Size))`,
		[]string{"app/oidc: TestChallenge"},
	},
	{
		"no two logins are alike", "app/oidc/begin.go",
		`if _, err := io.ReadFull(c.deps.Random, random); err != nil {`,
		`if _, err := io.ReadFull(strings.NewReader(strings.Repeat("a", 80)), random); err != nil {`,
		[]string{"app/oidc: TestBeginIsNeverTheSame", "app/oidc: TestCancel"},
	},
	{
		"a return address is a path of the origin", "app/oidc/begin.go",
		`localPath(r.ReturnTo)`,
		`r.ReturnTo`,
		[]string{"app/oidc: TestBeginReturnsHome"},
	},
	{
		"an answer is a code or an error", "app/oidc/callback.go",
		`case (cb.Code == "") == (cb.Error == ""):`,
		`case false:`,
		[]string{"app/oidc: TestParseCallback"},
	},
	{
		"a parameter of an answer is given once", "app/oidc/callback.go",
		`if len(given) > 1 {`,
		`if false {`,
		[]string{"app/oidc: TestParseCallback"},
	},
	{
		"clocks differ by a day at most", "app/oidc/clock.go",
		`offset > maxOffset || offset < -maxOffset || `,
		"",
		[]string{"app/oidc: TestClockADayOff"},
	},
	{
		"nothing is learnt from a request that took too long", "app/oidc/clock.go",
		` || r.took > fetchTimeout`,
		"",
		[]string{"app/oidc: TestClockIsPutDuringTheExchange"},
	},
	{
		"the time that the keys took counts", "app/oidc/clock.go",
		`since := max(c.deps.Uptime()-r.uptime, now.UTC().Sub(r.answered.UTC()))`,
		`since := now.UTC().Sub(r.answered.UTC())`,
		[]string{"app/oidc: TestClockIsPutWhileTheKeysAreFetched"},
	},
	{
		"the way of an answer counts", "app/oidc/clock.go",
		`offset := issued.Sub(now.Add(-since - r.took/2))`,
		`offset := issued.Sub(now.Add(-since))`,
		[]string{"app/oidc: TestClockSkew"},
	},
	{
		"the tenant's words are made inert", "app/oidc/errors.go",
		`	return inert.Text(text, maxDescription)
`,
		`	_ = inert.Text
	return text
`,
		[]string{"app/oidc: TestWordsOf"},
	},
	{
		"the token endpoint is busy", "app/oidc/errors.go",
		`case e.Status == 429:`,
		`case false:`,
		[]string{"app/oidc: TestTokenErrorKind"},
	},
	{
		"of an answer that belongs to no login nothing is shown", "app/oidc/finish.go",
		`	tx, err := c.pop(cb.State)
	if`,
		`	if cb.Error != "" {
		return Transaction{}, &AuthorizationError{Code: describe(cb.Error), Description: describe(cb.ErrorDescription)}
	}
	tx, err := c.pop(cb.State)
	if`,
		[]string{"app/oidc: TestWordsOfStrangers"},
	},
	{
		"a login may take ten minutes", "app/oidc/finish.go",
		`if c.expired(tx.Created) {`,
		`if false {`,
		[]string{"app/oidc: TestFinishRefuses/too old", "app/oidc: TestWordsOfStrangers"},
	},
	{
		"only this tab's own logins count as finished before", "app/oidc/finish.go",
		`errors.Is(err, ErrNoTransaction) && c.hasFinished(cb.State)`,
		`errors.Is(err, ErrNoTransaction)`,
		[]string{"app/lock: TestForgedAndReplayedCallbacks"},
	},
	{
		"a login belongs to who began it", "app/oidc/finish.go",
		`if !tx.BelongsTo(subject, subject) {`,
		`if false {`,
		[]string{
			"app/oidc: TestFinishRefuses/signed out meanwhile",
			"app/oidc: TestFinishRefuses/somebody else signed in meanwhile",
		},
	},
	{
		"a login that nobody began is of who is signed in by then", "app/oidc/finish.go",
		`if !tx.BelongsTo(subject, claims.Subject) {`,
		`if false {`,
		[]string{"app/oidc: TestFinishSignedInMeanwhile"},
	},
	{
		"the answer is the issuer's own", "app/oidc/finish.go",
		`if cb.Issuer != "" && cb.Issuer != c.settings.Issuer {`,
		`if false {`,
		[]string{
			"app/oidc: TestFinishRefuses/another issuer",
			"app/oidc: TestFinishRefuses/another issuer's error",
		},
	},
	{
		"an issuer that names itself does so in every answer", "app/oidc/finish.go",
		`if cb.Issuer == "" && metadata.ResponseIssuer {`,
		`if false {`,
		[]string{"app/oidc: TestFinishResponseIssuer"},
	},
	{
		"an answer has the purpose of its login", "app/oidc/finish.go",
		`purpose != tx.Purpose {`,
		`purpose == "" {`,
		[]string{"app/oidc: TestFinishRefuses/another purpose in the record"},
	},
	{
		"what was finished before is forgotten", "app/oidc/finished.go",
		`return err == nil && !c.expired(time.UnixMilli(at))`,
		`return err == nil && !c.expired(time.UnixMilli(at).Add(time.Since(time.UnixMilli(at))))`,
		[]string{"app/oidc: TestFinishedBefore"},
	},
	{
		"an ID token answers this login", "app/oidc/idtoken.go",
		`if nonce != "" && text(m, "nonce") != nonce {`,
		`if false {`,
		[]string{"app/oidc: TestIDTokenFlaws/another nonce"},
	},
	{
		"a claim email_verified is a JSON true", "app/oidc/idtoken.go",
		`m["email_verified"] == true`,
		`m["email_verified"] != nil && m["email_verified"] != false`,
		[]string{"app/oidc: TestEmailVerified"},
	},
	{
		"an ID token is signed with RS256", "app/oidc/idtoken.go",
		`case err != nil, token.Header["alg"] != "RS256":`,
		`case err != nil:`,
		[]string{"app/oidc: TestIDTokenFlaws"},
	},
	{
		"an ID token is for this client", "app/oidc/idtoken.go",
		`if !found {`,
		`if false {`,
		[]string{"app/oidc: TestIDTokenFlaws"},
	},
	{
		"who is to be fresh says when they signed in", "app/oidc/idtoken.go",
		`case claims.AuthTime.IsZero():`,
		`case false:`,
		[]string{"app/oidc: TestAuthTimeMissing"},
	},
	{
		"a proof is no older than was asked for", "app/oidc/idtoken.go",
		`case tx.Created.Add(tenant.Offset).Sub(claims.AuthTime) > *tx.MaxAge+tenant.Tolerance:`,
		`case false:`,
		[]string{"app/oidc: TestClockSkew"},
	},
	{
		"a subject is one line", "app/oidc/idtoken.go",
		`if !validSubject(claims.Subject) {`,
		`if false {`,
		[]string{"app/oidc: TestIDTokenFlaws/subject with a line end"},
	},
	{
		"an error quotes no token", "app/oidc/idtoken.go",
		`	case token == nil || errors.Is(err, jwt.ErrTokenMalformed):
		return nil, errNotJWT`,
		`	case token == nil || errors.Is(err, jwt.ErrTokenMalformed):
		return nil, err`,
		[]string{"app/oidc: FuzzIDToken"},
	},
	{
		"a signature is checked", "app/oidc/idtoken.go",
		`return nil, fmt.Errorf("%w: %w", ErrSignature, err)`,
		`_ = err`,
		[]string{"app/oidc: TestClockIsLearnt"},
	},
	{
		"a tenant without S256 is refused", "app/oidc/metadata.go",
		`if !offers(document["code_challenge_methods_supported"], "S256") {`,
		`if false {`,
		[]string{"app/oidc: TestDiscover/plain PKCE only"},
	},
	{
		"nobody is signed in at the tenant", "app/oidc/refusal.go",
		`{"login_required", ErrLoginRequired},`,
		"",
		[]string{"app/oidc: TestFinishRefuses/login required"},
	},
	{
		"the tenant has to show a page", "app/oidc/refusal.go",
		`{"consent_required", ErrInteraction},`,
		"",
		[]string{"app/oidc: TestFinishRefuses/consent required"},
	},
	{
		"an Action has said no", "app/oidc/refusal.go",
		`{"access_denied", "", ErrAccessDenied},`,
		"",
		[]string{"app/oidc: TestAuthorizationErrorKind", "app/oidc: TestFinishRefuses/denied"},
	},
	{
		"an account is not let in", "app/oidc/refusal.go",
		`{"unauthorized", "", ErrUnauthorized},`,
		"",
		[]string{"app/oidc: TestFinishRefuses/unauthorized"},
	},
	{
		"a return address names no host", "app/oidc/returnto.go",
		`strings.Contains(u.Path, "//") || `,
		"",
		[]string{"app/oidc: FuzzReturnTo"},
	},
	{
		"a return address has no backslash", "app/oidc/returnto.go",
		` || strings.ContainsFunc(u.Path, unsafeInPath)`,
		"",
		[]string{"app/oidc: TestReturnTo"},
	},
	{
		"a transaction is taken out before it is looked at", "app/oidc/transaction.go",
		`store.Pop(key); found`,
		`store.Get(key); found`,
		[]string{"app/oidc: TestFinishOnce"},
	},
	{
		"whoever is signed in, the login is not theirs", "app/oidc/transaction.go",
		`return signedIn == tx.Subject || tx.Subject == "" && signedIn == answers`,
		`return true`,
		[]string{"app/lock: TestOtherSubjectIsRefused"},
	},
	{
		"a transaction is this client's", "app/oidc/transaction.go",
		`tx.Issuer != c.settings.Issuer || tx.ClientID != c.settings.ClientID`,
		`tx.Issuer != c.settings.Issuer`,
		[]string{"app/oidc: TestFinishRefuses/begun by another client"},
	},
	{
		"a transaction is of this tenant", "app/oidc/transaction.go",
		`tx.Issuer != c.settings.Issuer || tx.ClientID != c.settings.ClientID`,
		`tx.ClientID != c.settings.ClientID`,
		[]string{"app/oidc: TestFinishRefuses/begun at another tenant"},
	},
	{
		"a login that was given up is refused", "app/oidc/transaction.go",
		`	_, _ = c.pop(state)
`,
		`	_ = state
`,
		[]string{"app/oidc: TestCancel"},
	},
	{
		"a window's login ends by the clock that nobody can set", "app/oidc/transaction.go",
		`return now.Add(-max(now.Sub(tx.Created), c.deps.Uptime()-tx.uptime))`,
		`return now.Add(-now.Sub(tx.Created))`,
		[]string{"app/oidc: TestClockIsPutDuringALogin"},
	},
	{
		"without a login there is no answer", "app/oidc/transaction.go",
		`	if !validState(state) {
		return Transaction{}, ErrNoTransaction
	}
	key := transactionPrefix + state`,
		`	if state != "" {
		return Transaction{Issuer: c.settings.Issuer, Purpose: strings.Split(state, ".")[0], State: state, Created: c.deps.Now()}, nil
	}
	key := transactionPrefix + state`,
		[]string{"app/oidc: TestFinishRefuses/constant state", "app/oidc: TestFinishRefuses/nothing begun"},
	},
	{
		"who is signed in is asked once more when the tokens are there", "app/lock/lock.go",
		`if n.Err == nil && !n.Result.Transaction.BelongsTo(`,
		`if false && !n.Result.Transaction.BelongsTo(`,
		[]string{"app/lock: TestOtherSubjectDuringTheExchange"},
	},
	{
		"a login ends with the session that it began under", "app/lock/lock.go",
		`if err == nil && l.options.Subject() != signedIn {`,
		`if false {`,
		[]string{"app/lock: TestSignedOutWhileALoginBegins"},
	},
	{
		"a window's login is given up for good", "app/lock/lock.go",
		`		l.client.Cancel(p.state)
		p.window.Close()`,
		`		p.window.Close()`,
		[]string{"app/lock: TestAnswerAfterGivingUp"},
	},
	{
		"a later login replaces the one before", "app/lock/lock.go",
		`	p, next := l.pending, l.attempt
`,
		`	p, next := (*pendingPopup)(nil), l.attempt
`,
		[]string{"app/lock: TestASecondWindowReplacesTheFirst"},
	},
	{
		"a window that looks closed may go on", "app/lock/lock.go",
		`		if l.pending == p {
			l.stage = unseen
		}`,
		`		if l.pending == p {
			l.pending, l.stage = nil, choosing
			l.client.Cancel(p.state)
		}`,
		[]string{"app/lock: TestWindowThatLooksClosed"},
	},
	{
		"a report is for the login that waits", "app/lock/lock.go",
		`l.pending != nil && l.pending.state == state`,
		`l.pending != nil`,
		[]string{"app/lock: TestForgedReportsAreIgnored"},
	},
	{
		"a login is for who was named", "app/lock/lock.go",
		`			Expected:   subject,
`,
		"",
		[]string{"app/lock: TestLoginAs"},
	},
	{
		"a report carries the state of its answer", "app/lock/page.go",
		`err != nil || parsed.State != m.State {`,
		`err != nil || parsed.State == "" {`,
		[]string{"app/lock: TestForgedReportsAreIgnored"},
	},
	{
		"a proof ends", "app/session/clock.go",
		`age <= max+a.Tolerance`,
		`age <= age`,
		[]string{"app/flow: TestClockSkew"},
	},
	{
		"nothing is fresh by a clock that nobody knows", "app/session/clock.go",
		`!a.Now.IsZero() && `,
		"",
		[]string{"app/session: TestFresh"},
	},
	{
		"the tenant's time may not be known", "app/session/clock.go",
		`	if !k.clock.shown.Known() {
		return time.Time{}
	}
`,
		"",
		[]string{"app/session: TestTheClockIsNotKnown"},
	},
	{
		"what is stored makes no proof fresh again", "app/session/clock.go",
		`if stored && k.clock.shown.Known() {`,
		`if false {`,
		[]string{"app/session: TestTheClockIsPutBack"},
	},
	{
		"the tenant's clock counts", "app/session/clock.go",
		`now, least := k.deviceTime().Add(k.clock.shown.Offset), `,
		`now, least := k.deviceTime(), `,
		[]string{"app/session: TestTheClockIsPutRight", "app/session: TestTheTenantsClock"},
	},
	{
		"the session's new account shows no clock", "app/session/reauth.go",
		`		k.forgetLogins()
`,
		`		k.learn(tokens.Clock, false)
		k.forgetLogins()
`,
		[]string{"app/session: TestReplaceLearnsNothing"},
	},
	{
		"a renewal proves nothing about the person", "app/session/renewal.go",
		`	claims.AuthTime = r.Claims.AuthTime
`,
		"",
		[]string{"app/session: TestARenewalProvesNothingAboutThePerson"},
	},
	{
		"a refresh token that was used twice ends the session everywhere", "app/session/renewal.go",
		`		k.tell(Reused)
`,
		`		k.tell(Updated)
`,
		[]string{"app/session: TestReuseSignsOutEverywhere"},
	},
	{
		"a network that fails ends no session", "app/session/renewal.go",
		`	case err != nil:
		return record{}, fmt.Errorf("renew the session: %w", err)`,
		`	case err != nil:
		_ = k.endStored(ctx, nil)
		return record{}, fmt.Errorf("renew the session: %w", err)`,
		[]string{"app/session: TestAFailedRenewalKeepsTheSession"},
	},
	{
		"a refused token that has ended ends the session", "app/session/renewal.go",
		`(k.renewable(*k.current) || k.expired(*k.current))`,
		`k.renewable(*k.current)`,
		[]string{"app/session: TestAnExpiredTokenEndsTheSession"},
	},
	{
		"a refused token is renewed", "app/session/renewal.go",
		`r.Access == refused || `,
		"",
		[]string{"app/session: TestTheClockIsPut"},
	},
	{
		"who waited for a renewal takes its tokens", "app/session/renewal.go",
		`if k.overNow(&current) || k.due(current, r.refused) {`,
		`if true {`,
		[]string{"app/session: TestTabsRenewOnce"},
	},
	{
		"a limit that cannot be read is not taken for none", "app/oidc/idtoken.go",
		`		if !ok {
			return fmt.Errorf("%w: session_expiry is no time", ErrIDToken)
		}`,
		`		if !ok {
			return nil
		}`,
		[]string{"app/oidc: TestIDTokenFlaws/session_expiry a string", "app/oidc: TestIDTokenFlaws/session_expiry in milliseconds"},
	},
	{
		"a session that has ended does not begin", "app/oidc/idtoken.go",
		`case claims.Over(claims.IssuedAt):`,
		`case false:`,
		[]string{"app/oidc: TestIDTokenFlaws/session_expiry long ago"},
	},
	{
		"a session ends when its login has said", "app/session/renewal.go",
		`!k.over(k.current) && `,
		"",
		[]string{"app/session: TestASessionEnds", "app/session: TestTheEndIsByTheTenantsClock"},
	},
	{
		"a session that is over is not stored on", "app/session/session.go",
		`if k.overNow(&r) {`,
		`if false {`,
		[]string{"app/session: TestRestoreAfterTheEnd"},
	},
	{
		"a renewal moves no end to a later time", "app/session/renewal.go",
		`claims.SessionEnds == 0 || end != 0 && end < claims.SessionEnds`,
		`claims.SessionEnds == 0 && false`,
		[]string{"app/session: TestARenewalDoesNotMoveTheEnd"},
	},
	{
		"a page that nobody touches ends its session", "app/session/session.go",
		`time.AfterFunc(lookEvery, k.look)`,
		``,
		[]string{"app/session: TestThePageEndsTheSession"},
	},
	{
		"a copy ends with its session", "app/offline/offline.go",
		`!user.Ends.IsZero() && !k.now().Before(user.Ends)`,
		`false`,
		[]string{"app/offline: TestLast/its session has ended, nobody is signed in"},
	},
	{
		"another tab's session is not adopted", "app/session/session.go",
		`case err == nil && stored.Claims.Subject != subject:`,
		`case false:`,
		[]string{"app/session: TestTheSessionOfAnotherTabIsNotAdopted"},
	},
	{
		"an account that is signed in is not replaced", "app/session/session.go",
		`	if k.current != nil {
		k.mu.Unlock()
		return k.Renew(ctx, tokens, claims)
	}`,
		"",
		[]string{"app/session: TestAnotherTabSignedInUnheard"},
	},
	{
		"a proof is of who is signed in", "app/session/session.go",
		`case k.current.Claims.Subject != subject:`,
		`case false:`,
		[]string{"app/session: TestRenew/another account"},
	},
	{
		"a token ends by the tenant's clock", "app/session/session.go",
		`k.options.Now().Add(r.Clock.Offset + expiryMargin)`,
		`k.options.Now().Add(expiryMargin)`,
		[]string{"app/session: TestATokenEndsByTheTenantsClock"},
	},
	{
		"signing out revokes the refresh token", "app/session/session.go",
		`	_ = k.options.Renewer.Revoke(ctx, r.Refresh)
`,
		"",
		[]string{"app/session: TestSignOutRevokes"},
	},
	{
		"signing out is told to other tabs", "app/session/session.go",
		`	k.tell(SignedOut)
	// A renewal`,
		`	k.tell(Updated)
	// A renewal`,
		[]string{
			"app/session: TestSignOutDoesNotCross",
			"app/session: TestSignOutDuringARenewal",
			"app/session: TestSignOutReachesTheOtherTabs",
		},
	},
	{
		"signing out forgets logins", "app/session/session.go",
		`	for _, tab := range k.site.Tabs() {
		oidc.ForgetAccounts(tab)
	}`,
		"",
		[]string{"app/session: TestSignOutForgetsLogins"},
	},
	{
		"a sign-out that was not heard ends the session", "app/session/session.go",
		`case errors.Is(err, platform.ErrNoEntry), errors.Is(err, platform.ErrSealBroken):
		k.end(nil)`,
		`case false:
		k.end(nil)`,
		[]string{"app/session: TestSignedOutElsewhereUnheard"},
	},
	{
		"signing out wipes the vault", "app/session/session.go",
		`	return k.vault.Wipe(ctx, slices.Concat(k.options.Keep, except)...)
`,
		`	_ = slices.Concat(k.options.Keep, except)
	return nil
`,
		[]string{"app/session: TestSignOutReachesTheOtherTabs"},
	},
	{
		"tabs renew one after the other", "app/session/session.go",
		`	return k.site.Exclusive(wait, entryName, func() error { return f(context.WithoutCancel(ctx)) })
`,
		`	return f(context.WithoutCancel(wait))
`,
		[]string{"app/session: TestATabWaitsForTheRenewalOfAnother"},
	},
	{
		"another tab's sign-out ends the session here", "app/session/tabs.go",
		`	case SignedOut, Replaced:
		k.end(nil)
`,
		"",
		[]string{"app/session: TestSignOutReachesTheOtherTabs"},
	},
	{
		"an address is that of the account's own identity", "app/linking/account.go",
		`own.Profile != (management.Profile{}) && own.Profile.Email != u.Email`,
		`false`,
		[]string{
			"app/linking: TestTrustedEmail/an odd profile (attack case 15)",
			"app/linking: TestTrustedEmail/another address at the root (attack case 15)",
			"app/linking: TestTrustedEmail/no address in its profile (attack case 15)",
		},
	},
	{
		"an address may be another identity's", "app/linking/account.go",
		`if may && !other.Profile.EmailVerified && other.Connection != own.Connection {`,
		`if false && may {`,
		[]string{"app/linking: TestTrustedEmail/the same address, not verified elsewhere (attack case 15)"},
	},
	{
		"an address may be another identity's in another case", "app/linking/account.go",
		`strings.EqualFold(other.Profile.Email, u.Email)`,
		`other.Profile.Email == u.Email || strings.EqualFold("a", "b")`,
		[]string{
			"app/linking: TestTrustedEmail/the same in another case, not verified elsewhere (attack case 15)",
		},
	},
	{
		"an address that cannot be read may be the same", "app/linking/account.go",
		`other.Profile.OddEmail || `,
		"",
		[]string{"app/linking: TestTrustedEmail/another has an odd profile (attack case 15)"},
	},
	{
		"an identity is told by its id", "app/linking/account.go",
		`return i.ID() == a.Subject || a.UserID`,
		`return i.Provider == a.Provider || a.UserID`,
		[]string{
			"app/linking: TestNewPlan/another of the same provider (attack case 17)",
			"app/linking: TestResume",
		},
	},
	{
		"an id has the form of the list", "app/linking/account.go",
		`i.ID() == a.Subject || a.UserID != "" && i.Same(management.Identity{Provider: a.Provider, UserID: a.UserID})`,
		`i.ID() == a.Subject`,
		[]string{"app/linking: TestLinkByTheFormOfTheList"},
	},
	{
		"nothing is sent that could lose data", "app/linking/ceremony.go",
		`err != nil && len(e.Merge) > 0 {`,
		`err != nil && false {`,
		[]string{"app/linking: TestLink", "app/linking: TestModel"},
	},
	{
		"a refusal in the words of a repetition is looked into", "app/linking/ceremony.go",
		`	case !repeated(err):
		c.takeBack(ctx, out.Entry, earlier)
		return out, err
`,
		`	case !repeated(err) || true:
		c.takeBack(ctx, out.Entry, earlier)
		return out, err
`,
		[]string{
			"app/linking: TestLateLink",
			"app/linking: TestLink/belongs to another profile (attack case 19)",
		},
	},
	{
		"an earlier link is resolved first", "app/linking/ceremony.go",
		`	case found && known.Primary == e.Primary && known.Looks < told:
		return Entry{}, ErrPending
`,
		"",
		[]string{"app/linking: TestResumeAtTenant"},
	},
	{
		"what somebody else has written stays", "app/linking/ceremony.go",
		`	if left, _ := out.Entry.compare(out.User); len(left) > 0 && !out.User.OddMetadata {`,
		`	if left, skipped := out.Entry.compare(out.User); len(left)+len(skipped) > 0 && !out.User.OddMetadata {
		for k, v := range skipped { left[k] = v }`,
		[]string{"app/linking: TestResume"},
	},
	{
		"one look is no answer", "app/linking/ceremony.go",
		`	twice = 2
`,
		`	twice = 1
`,
		[]string{"app/linking: TestNotYetIsNotNo"},
	},
	{
		"a link without an answer is looked for", "app/linking/ceremony.go",
		`case err == nil || unanswered(err):`,
		`case err == nil:`,
		[]string{"app/linking: TestSilentTenant"},
	},
	{
		"metadata that has become odd is left alone", "app/linking/ceremony.go",
		`len(left) > 0 && !out.User.OddMetadata`,
		`len(left) > 0`,
		[]string{"app/linking: TestMetadataBecomesOdd"},
	},
	{
		"names that servers guard are not written", "app/linking/field.go",
		`prototype && key == "constructor"`,
		`false && prototype`,
		[]string{"app/linking: TestPatch/names that are dangerous (attack case 33)"},
	},
	{
		"lists are joined by their elements", "app/linking/field.go",
		`if c := canonical(v); !seen[c] {`,
		`if c := canonical(v); !seen[c] || true {`,
		[]string{
			"app/linking: TestLargeMetadata",
			"app/linking: TestPatch/lists joined, not by position (attack case 32)",
		},
	},
	{
		"the journal is kept for thirty days", "app/linking/journal.go",
		`j.now().Sub(e.Saved) > JournalLife`,
		`false && j.now().Sub(e.Saved) > JournalLife`,
		[]string{"app/linking: TestJournalAge"},
	},
	{
		"the second account is the one that was chosen", "app/linking/plan.go",
		`e != "" && second.Subject != e && !second.hasLinked(e)`,
		`e != "" && false`,
		[]string{"app/linking: TestNewPlanRefuses/another than the chosen one (attack cases 12 and 13)"},
	},
	{
		"odd metadata is left alone", "app/linking/plan.go",
		`policy.NoMerge || primary.OddMetadata || inexact(ours) || hostile(key, theirs)`,
		`policy.NoMerge || inexact(ours) || hostile(key, theirs)`,
		[]string{"app/linking: TestOddMetadataAtTenant", "app/linking: TestOddMetadataIsLeftAlone"},
	},
	{
		"what cannot be read exactly is not written", "app/linking/plan.go",
		`policy.NoMerge || primary.OddMetadata || inexact(ours) || hostile(key, theirs)`,
		`policy.NoMerge || primary.OddMetadata || hostile(key, theirs)`,
		[]string{"app/linking: TestHalfSurrogatesAreNotTakenOver"},
	},
	{
		"hostile names are not taken over", "app/linking/plan.go",
		`policy.NoMerge || primary.OddMetadata || inexact(ours) || hostile(key, theirs)`,
		`policy.NoMerge || primary.OddMetadata || inexact(ours)`,
		[]string{"app/linking: FuzzPatch"},
	},
	{
		"rights that are lost are told", "app/linking/plan.go",
		`AppMetadata: p.Secondary.AppMetadata}`,
		`AppMetadata: nil}`,
		[]string{"app/linking: TestAppMetadataIsLost"},
	},
	{
		"what cannot be taken over is told", "app/linking/plan.go",
		`l := Loss{Metadata: slices.Clone(p.stuck), `,
		`l := Loss{`,
		[]string{"app/linking: TestOddMetadataIsLeftAlone"},
	},
	{
		"an account is not linked to itself", "app/linking/policy.go",
		`case primary.Subject == secondary.Subject:`,
		`case false:`,
		[]string{
			"app/linking: TestAddressesAreNotCompared",
			"app/linking: TestNewPlanRefuses/the same account (attack case 11)",
		},
	},
	{
		"an address is verified, unless the operator says otherwise", "app/linking/policy.go",
		`state != NoEmail && p.AllowUnverified`,
		`state != NoEmail`,
		[]string{
			"app/linking: TestEmailStates/first not verified (attack case 15)",
			"app/linking: TestEmailStates/second not verified (attack case 14)",
			"app/linking: TestNewPlanRefuses/first unverified (attack case 15)",
			"app/linking: TestNewPlanRefuses/second unverified (attack case 14)",
		},
	},
	{
		"the operator may allow addresses that are not verified", "app/linking/policy.go",
		`state != NoEmail && p.AllowUnverified`,
		`false`,
		[]string{
			"app/linking: TestEmailStates/first not verified, allowed (attack case 15)",
			"app/linking: TestEmailStates/second not verified, allowed (attack case 14)",
		},
	},
	{
		"an account has an address where the operator wants one", "app/linking/policy.go",
		`state == NoEmail && p.AllowNoEmail`,
		`state == NoEmail`,
		[]string{
			"app/flow: TestRefusedBeforeTheSecondLogin/none",
			"app/flow: TestSecondIsRefused/none, refused (attack case 14)",
			"app/linking: TestEmailStates/first has none, refused (attack case 15)",
			"app/linking: TestEmailStates/second has none, refused (attack case 14)",
		},
	},
	{
		"an account without an address claims none", "app/linking/policy.go",
		`state == NoEmail && p.AllowNoEmail`,
		`false`,
		[]string{
			"app/linking: TestEmailStates/first has none (attack case 15)",
			"app/linking: TestEmailStates/second has none (attack case 14)",
		},
	},
	{
		"an organisation's address is not verified by itself", "app/linking/policy.go",
		`	case own.Kind == provider.Enterprise:
		return Unvouched
	}
	return Unverified`,
		`	case own.Kind == provider.Enterprise:
		return Verified
	}
	return Unverified`,
		[]string{
			"app/linking: TestEmailStates/first's organisation does not vouch (attack case 15)",
			"app/linking: TestEmailStates/second's organisation does not vouch (attack case 14)",
		},
	},
	{
		"an address that nobody knows is not verified", "app/linking/policy.go",
		`	case a.Email == "":
		return Unverified
`,
		"",
		[]string{
			"app/flow: TestSecondIsRefused/no address in its claims (attack case 14)",
			"app/linking: TestEmailStates/first verified, of no address (attack case 15)",
			"app/linking: TestEmailStates/second verified, of no address (attack case 14)",
		},
	},
	{
		"that there is no address is known of who was read", "app/linking/policy.go",
		`case a.NoEmail && a.Email == "" && !a.Unread:`,
		`case a.Email == "":`,
		[]string{
			"app/linking: TestEmailStates/first's address is not known (attack case 15)",
			"app/linking: TestEmailStates/second's address is not known (attack case 14)",
		},
	},
	{
		"a trusted connection is that of the address", "app/linking/policy.go",
		`a.EmailFrom != "" && slices.Contains(p.TrustedEmail, a.EmailFrom)`,
		`slices.Contains(p.TrustedEmail, a.Connection)`,
		[]string{
			"app/linking: TestEmailStates/first from another than the trusted (attack case 15)",
			"app/linking: TestEmailStates/second from another than the trusted (attack case 14)",
		},
	},
	{
		"the operator may trust a connection", "app/linking/policy.go",
		`a.EmailFrom != "" && slices.Contains(p.TrustedEmail, a.EmailFrom)`,
		`false`,
		[]string{
			"app/linking: TestEmailStates/first from a trusted connection (attack case 15)",
			"app/linking: TestEmailStates/second from a trusted connection (attack case 14)",
		},
	},
	{
		"nobody can vouch for a database", "app/linking/policy.go",
		`own.Kind != provider.Database &&`,
		"",
		[]string{
			"app/linking: TestTrustedEmail",
			"app/linking: TestTrustedEmail/a database named so (attack case 15)",
		},
	},
	{
		"only the trusted connection's addresses count", "app/linking/policy.go",
		`own.Kind != provider.Database &&
		a.EmailFrom != "" && slices.Contains(p.TrustedEmail, a.EmailFrom)`,
		`len(p.TrustedEmail) > 0`,
		[]string{
			"app/linking: TestEmailStates/first from nobody knows where (attack case 15)",
			"app/linking: TestEmailStates/second from nobody knows where (attack case 14)",
			"app/linking: TestTrustedEmail/a linked one is of it (attack case 15)",
		},
	},
	{
		"where the second account has linked ones the first may join it", "app/linking/policy.go",
		`refusal.Swap = p.refusal(secondary, primary) == nil`,
		`refusal.Swap = false`,
		[]string{"app/linking: TestNewPlanRefuses/second has linked ones (attack case 19)"},
	},
	{
		"an account with linked ones does not move", "app/linking/policy.go",
		`case len(secondary.Linked) > 0:`,
		`case false:`,
		[]string{"app/linking: TestTenantRefusesChains"},
	},
	{
		"the connection is one that is offered", "app/linking/policy.go",
		`case !p.knows(connection):`,
		`case false:`,
		[]string{
			"app/flow: TestRefusedBeforeTheSecondLogin",
			"app/linking: TestNewPlanRefuses/connection not known (attack case 21)",
		},
	},
	{
		"a connection has its exact name", "app/linking/policy.go",
		`slices.Contains(p.Connections, connection)`,
		`slices.ContainsFunc(p.Connections, func(c string) bool { return len(c) == len(connection) && (c[1:] == connection[1:] || c == "google-oauth2") })`,
		[]string{"app/linking: TestNewPlanRefuses/connection named like one allowed (attack case 21)"},
	},
	{
		"the primary identity stays", "app/linking/policy.go",
		`case own.Same(identity):`,
		`case false:`,
		[]string{"app/linking: TestUnlinkRefuses/the primary identity (attack case 25)"},
	},
	{
		"what is unlinked is in the list", "app/linking/policy.go",
		`case !slices.ContainsFunc(u.Identities, identity.Same):`,
		`case false:`,
		[]string{
			"app/linking: TestUnlinkRefuses/a prefixed id (attack case 20)",
			"app/linking: TestUnlinkRefuses/an identity of somebody else (attack case 27)",
		},
	},
	{
		"a way to sign in remains", "app/linking/policy.go",
		`i.Unusable == "" && !i.Same(identity) && p.knows(i.Connection)`,
		`i.Unusable == "" && !i.Same(identity)`,
		[]string{"app/linking: TestUnlinkRefuses/the last that can sign in (attack case 25)"},
	},
	{
		"nothing is unlinked without an id", "app/linking/policy.go",
		`case identity.Unusable != "" || own.Unusable != "":`,
		`case false:`,
		[]string{"app/linking: TestUnlinkUnusable"},
	},
	{
		"the other form of an id is not another identity's", "app/linking/unlink.go",
		`errors.Is(err, management.ErrNotRemoved) && !slices.ContainsFunc(after.Identities, other.Same)`,
		`errors.Is(err, management.ErrNotRemoved)`,
		[]string{"app/linking: TestUnlinkForms"},
	},
	{
		"an unlink without an answer is looked for twice", "app/linking/unlink.go",
		`		case looks == twice:
			return after, errors.Join(ErrUnsettled, err)`,
		`		case looks >= 1:
			return after, err`,
		[]string{"app/linking: TestUnlinkIsLate"},
	},
	{
		"the saved copy has the name", "app/linking/unlink.go",
		`p.Name, p.Nickname, p.GivenName`,
		`"", p.Nickname, p.GivenName`,
		[]string{"app/linking: TestData"},
	},
	{
		"an answer that is too large is none", "app/management/client.go",
		`if errors.Is(err, platform.ErrTooLarge) {`,
		`if false {`,
		[]string{"app/management: TestTooLarge"},
	},
	{
		"nothing but user_metadata is written", "app/management/client.go",
		`json.Marshal(map[string]any{"user_metadata": patch})`,
		`json.Marshal(patch)`,
		[]string{"app/linking: TestLinkAtTenant", "app/management: TestPatchMetadata"},
	},
	{
		"a wait for the rate limit ends", "app/management/client.go",
		`answer.Kind == ErrRateLimited && tries < maxTries`,
		`answer.Kind == ErrRateLimited && tries < 2*maxTries`,
		[]string{"app/management: TestRateLimit"},
	},
	{
		"only reading is tried again", "app/management/client.go",
		`method == "GET" && !retried`,
		`!retried`,
		[]string{"app/linking: TestLateTenant", "app/linking: TestSilentTenant", "app/management: TestRetry"},
	},
	{
		"a refused token is sent once", "app/management/client.go",
		`if refusal != nil && token == refused {`,
		`if false && token == refused {`,
		[]string{"app/management: TestRefusedToken"},
	},
	{
		"the API has a clock of its own", "app/management/client.go",
		`		t = t.Add(-c.Ahead())
`,
		"",
		[]string{"app/management: TestRateLimitByAnotherClock"},
	},
	{
		"an error says nothing secret", "app/management/client.go",
		`		return nil, fmt.Errorf("link: %w", err)`,
		`		return nil, fmt.Errorf("link %s: %w", string(linkWith), err)`,
		[]string{"app/management: TestErrorsKeepSecrets"},
	},
	{
		"an id is one segment of a path", "app/management/path.go",
		`	return url.PathEscape(id), nil
`,
		`	_ = url.PathEscape
	return id, nil
`,
		[]string{"app/management: TestIDOverHTTP", "app/management: TestUnlink"},
	},
	{
		"an id is no relative path", "app/management/path.go",
		`case id == "." || id == "..":`,
		`case false:`,
		[]string{"app/management: TestIDs", "app/management: TestUnusableIdentity"},
	},
	{
		"email_verified is a JSON true", "app/management/user.go",
		`func (o object) yes(name string) bool { return string(o[name]) == "true" }`,
		`func (o object) yes(name string) bool { s := string(o[name]); return s != "" && s != "false" && s != "null" }`,
		[]string{"app/management: TestEmailVerified"},
	},
	{
		"that there is no address is certain", "app/management/user.go",
		`u.NoEmail = certain && o.none("email")`,
		`u.NoEmail = (certain || !certain) && o.none("email")`,
		[]string{"app/management: TestNoEmail"},
	},
	{
		"identities are not told by what joins provider and id", "app/management/user.go",
		`i.Provider == other.Provider && i.UserID == other.UserID`,
		`i.ID() == other.ID()`,
		[]string{"app/management: TestIdentitySame"},
	},
	{
		"identities are told by their provider too", "app/management/user.go",
		`i.Provider == other.Provider && i.UserID == other.UserID`,
		`i.UserID == other.UserID`,
		[]string{"app/linking: TestUnlinkAlikeAtTenant"},
	},
	{
		"nothing is asked about an identity without an id", "app/management/user.go",
		`		identity.UserID = "" // so that nothing can be asked about it`,
		"",
		[]string{"app/management: FuzzUserAnswer"},
	},
	{
		"an answer is about the user that was asked for", "app/management/user.go",
		`	if u.ID != id {`,
		`	if false {`,
		[]string{"app/management: TestUserAnswerRefused"},
	},
	{
		"odd metadata is known as odd", "app/management/user.go",
		`	if err != nil {
		return nil, true
	}
	metadata = `,
		`	if err != nil {
		return nil, false
	}
	metadata = `,
		[]string{"app/management: TestOddMetadata"},
	},
	{
		"an action is its account's", "app/flow/actionkeeper.go",
		`_, missing := k.record.Get(ctx, subject, &waiting)`,
		`_, missing := k.record.Get(ctx, "", &waiting)`,
		[]string{"app/flow: TestActionKeeper"},
	},
	{
		"an action is one tab's", "app/flow/actionkeeper.go",
		`err = k.site.Exclusive(ctx, k.record.Name, func() error {`,
		`err = func(do func() error) error { return do() }(func() error {`,
		[]string{"app/flow: TestActionIsTakenByOneOfManyTabs"},
	},
	{
		"an action waits ten minutes", "app/flow/actionkeeper.go",
		`		Life:      life,
`,
		"",
		[]string{"app/flow: TestActionKeeper"},
	},
	{
		"an answer to what is finished is an alarm where nobody is signed in", "app/flow/event.go",
		`errors.Is(l.Err, oidc.ErrFinished) && f.deps.Session.Subject() != ""`,
		`errors.Is(l.Err, oidc.ErrFinished)`,
		[]string{"app/flow: TestFinishedBefore"},
	},
	{
		"a link of an e-mail answers nothing", "app/flow/event.go",
		`called && ok {`,
		`called && ok && false {`,
		[]string{"app/flow: TestMailLink"},
	},
	{
		"an action does not outlast a proof that failed", "app/flow/event.go",
		`	case l.Err != nil && l.Purpose == Proof:`,
		`	case false:`,
		[]string{"app/flow: TestProof/denied"},
	},
	{
		"a proof of somebody else is none", "app/flow/event.go",
		`		case errors.Is(renewed, session.ErrOtherSubject), errors.Is(renewed, session.ErrSignedOut):`,
		`		case errors.Is(renewed, session.ErrSignedOut):`,
		[]string{"app/flow: TestProof/somebody else"},
	},
	{
		"a proof is fresh", "app/flow/event.go",
		`	if !f.fresh(0) {
		// No second`,
		`	if false {
		// No second`,
		[]string{"app/flow: TestProof/not fresh"},
	},
	{
		"the page shows who is signed in", "app/flow/event.go",
		`			if f.state.Phase == SignedOut && f.deps.Session.Subject() != "" { // another tab was faster
				f.read(reading{keepNotice: true})
			}
`,
		"",
		[]string{"app/flow: TestSignedInElsewhereUnheard"},
	},
	{
		"the second login shows the tenant's clock", "app/flow/event.go",
		`		f.deps.Session.Learn(context.Background(), l.Result.Tokens.Clock)
`,
		"",
		[]string{"app/flow: TestClockIsPutRight"},
	},
	{
		"a login that failed can be begun again", "app/flow/event.go",
		`		again = f.loginAgain(l, action)
`,
		`		again = Next{}
`,
		[]string{"app/flow: TestLoginFails"},
	},
	{
		"the page follows the session", "app/flow/event.go",
		`case !s.Started || s.Busy():`,
		`case true:`,
		[]string{"app/flow: TestModel"},
	},
	{
		"the page follows a session that has moved", "app/flow/event.go",
		`	case s.Phase == Ready && subject != "" && subject != s.User.ID:
		f.read(reading{})
`,
		"",
		[]string{"app/flow: TestTabs/signed in as another"},
	},
	{
		"a history is shown to its account", "app/flow/history.go",
		`if f.state.SignedIn() && f.deps.Session.Subject() == subject {`,
		`if true {`,
		[]string{"app/flow: TestModel"},
	},
	{
		"who cannot link begins no second login", "app/flow/link.go",
		`	if f.refusal() == nil {`,
		`	if true {`,
		[]string{
			"app/flow: TestRefusedBeforeANamedLogin",
			"app/flow: TestRefusedBeforeTheSecondLogin/an organisation's",
			"app/flow: TestRefusedBeforeTheSecondLogin/not verified",
		},
	},
	{
		"the verified address is to stay", "app/flow/link.go",
		`swapped, no := plan.Swap(); no == nil && swapped.OnlyPrimaryVerified()`,
		`swapped, no := plan.Swap(); no == nil && false && swapped.OnlyPrimaryVerified()`,
		[]string{"app/flow: TestVerifiedIsToStay"},
	},
	{
		"where only the other way is possible that is offered", "app/flow/link.go",
		`errors.As(err, &refused) && refused.Swap`,
		`false && refused.Swap`,
		[]string{"app/flow: TestReversedLink"},
	},
	{
		"a link without a network is not sent later", "app/flow/link.go",
		`case !f.deps.Window.Online(): // nothing is sent`,
		`case false: // nothing is sent`,
		[]string{"app/flow: TestOffline"},
	},
	{
		"who confirms has proven who they are", "app/flow/link.go",
		`case !f.fresh(consideration):`,
		`case false:`,
		[]string{"app/flow: TestClockIsPutBack"},
	},
	{
		"who was chosen is who has to answer", "app/flow/link.go",
		`	policy.Expected = expected
`,
		`	policy.Expected = expected[:0]
`,
		[]string{"app/flow: TestLinkAgainWantsTheSameAccount"},
	},
	{
		"who links has proven who they are", "app/flow/link.go",
		`case !f.fresh(consideration):`,
		`case false:`,
		[]string{"app/flow: TestModel"},
	},
	{
		"who can link with nobody begins no login", "app/flow/link.go",
		`if f.refusal() == nil {`,
		`if true {`,
		[]string{"app/flow: TestModel"},
	},
	{
		"a copy is kept while its account is signed in", "app/flow/profile.go",
		`_ = d.Session.While(w.ctx, u.ID, keep)`,
		`_ = keep(w.ctx)`,
		[]string{"app/flow: TestModel"},
	},
	{
		"where nothing can be shown there is a way on", "app/flow/state.go",
		`return s.Notice.Kind != NoNotice && s.Phase != Unavailable`,
		`return s.Notice.Kind != NoNotice`,
		[]string{"app/flow: TestModel"},
	},
	{
		"an unlink without a network is not sent later", "app/flow/unlink.go",
		`case !f.deps.Window.Online(): // nothing is sent`,
		`case false: // nothing is sent`,
		[]string{"app/flow: TestUnlinkOffline"},
	},
	{
		"what a token lacks is told", "app/flow/unlink.go",
		`		if err != nil {
			f.note(w.ctx, profile, history.Refused`,
		`		if err != nil && !errors.Is(err, management.ErrScope) {
			f.note(w.ctx, profile, history.Refused`,
		[]string{"app/flow: TestUnlink/no scope"},
	},
	{
		"who unlinks has proven who they are", "app/flow/unlink.go",
		`case !f.fresh(0):`,
		`case false:`,
		[]string{"app/flow: TestModel"},
	},
	{
		"a press on a notice that has gone does nothing", "app/flow/wish.go",
		`if n.Number != number || !f.state.MayFollow() {`,
		`if !f.state.MayFollow() {`,
		[]string{"app/flow: TestModel"},
	},
	{
		"what is confirmed is what was read", "app/flow/wish.go",
		`if !q.Open() || q.Version != version {`,
		`if !q.Open() {`,
		[]string{"app/flow: TestModel"},
	},
	{
		"one thing at a time", "app/flow/wished.go",
		`case f.state.Phase != Ready || f.state.Engaged():`,
		`case f.state.Phase != Ready:`,
		[]string{"app/flow: TestModel"},
	},
	{
		"a failure has a next step", "app/flow/work.go",
		`f.fail(err, j.retry)`,
		`f.fail(err, Next{})`,
		[]string{
			"app/flow: TestLinkFails/rate limit for ever",
			"app/flow: TestSecondIsRefused/an organisation's (attack case 14)",
			"app/flow: TestSecondIsRefused/not verified (attack case 14)",
			"app/flow: TestSecondIsRefused/trusted by its claims (attack case 14)",
			"app/flow: TestSecondIsRefused/trusted by the login's connection only (attack case 14)",
		},
	},
	{
		"back to known addresses only", "app/referral/referral.go",
		`k.URL == one(values, "return_to") &&`,
		`strings.HasPrefix(one(values, "return_to"), k.URL) &&`,
		[]string{"app/referral: TestReturnsOnlyToKnownAddresses"},
	},
	{
		"an application's address begins nothing", "app/flow/profile.go",
		`			f.referredHere()
`,
		`			f.FollowReferral()
`,
		[]string{"app/flow: TestReferral/nothing begins"},
	},
	{
		"an identity of the profile only", "app/flow/referral.go",
		`if linked[i].Unusable == "" && linked[i].ID() == s.Referral.Unlink {`,
		`if linked[i].Unusable == "" {`,
		[]string{"app/flow: TestReferral"},
	},
	{
		"signing out ends a question", "app/flow/work.go",
		`	f.unkept = nil
	f.endQuestion()
	f.state = State{
		Phase: SignedOut, Started: f.state.Started, Offline: f.state.Offline, Referral: f.state.Referral,
	}`,
		`	f.unkept = nil
	f.state.Phase = SignedOut`,
		[]string{"app/flow: TestTabs/signed out while a question waits"},
	},
	{
		"the end of work that is over is not heard", "app/flow/work.go",
		`if w.flow.state.Work.number == w.number {`,
		`if true {`,
		[]string{"app/flow: TestModel"},
	},
	{
		"a question gives way to work", "app/flow/work.go",
		`	f.endQuestion()
	f.state.Work, f.stop`,
		`	f.state.Work, f.stop`,
		[]string{"app/flow: TestModel"},
	},
	{
		"signing out takes everything along", "app/flow/work.go",
		`f.state = State{
		Phase: SignedOut, Started: f.state.Started, Offline: f.state.Offline, Referral: f.state.Referral,
	}`,
		`f.state.Phase = SignedOut`,
		[]string{"app/flow: TestModel"},
	},
	{
		"one tab at a time", "app/browser/mutex.go",
		`		defer func() { <-mutex }()
		return do()`,
		`		<-mutex
		return do()`,
		[]string{"app/browser: TestExclusive"},
	},
	{
		"what is kept is one client's", "app/browser/scope.go",
		`part(issuer) + " " + part(clientID)`,
		`part(issuer) + " " + part("")`,
		[]string{"app/session: TestASessionIsOneScopes"},
	},
	{
		"what is kept is one tenant's", "app/browser/scope.go",
		`site + part(issuer)`,
		`site + part("")`,
		[]string{"app/history: TestHistoryIsOneScopes"},
	},
	{
		"what another client has left is wiped", "app/browser/scope.go",
		`strings.HasPrefix(name, s.base) && !s.has(name)`,
		`false`,
		[]string{"app/browser: TestSweep"},
	},
	{
		"what is popped is gone", "app/browser/storage.go",
		`		r.delete(key)
		return err`,
		`		return err`,
		[]string{"app/browser: TestPopOnce"},
	},
	{
		"the key goes with the last entry", "app/browser/vault.go",
		`		if last {
`,
		`		if last && len(names) > 99 {
`,
		[]string{"app/browser: TestKeyGoesWithTheLastEntry"},
	},
	{
		"nothing is sealed with a key that has gone", "app/browser/vault.go",
		`if err != nil || found && current.id != key.id {`,
		`if err != nil || found && current.id == "" {`,
		[]string{"app/browser: TestAKeyGoesWhileAnotherTabSeals"},
	},
	{
		"the view goes with the copy", "app/offline/offline.go",
		`[]*sealed.Record{&k.view, &k.record}`,
		`[]*sealed.Record{&k.record}`,
		[]string{"app/offline: TestView"},
	},
	{
		"the copy is shown to its own account", "app/offline/offline.go",
		`(subject == "" || user.ID == subject)`,
		`true`,
		[]string{"app/offline: TestLast"},
	},
	{
		"the history is one account's", "app/history/history.go",
		`_, err := l.record.Get(ctx, subject, &entries)`,
		`_, err := l.record.Get(ctx, "", &entries)`,
		[]string{"app/history: TestHistoryIsOneAccounts"},
	},
	{
		"a token is not printed", "app/secret/secret.go",
		`func (t Token) Format(f fmt.State, _ rune) { io.WriteString(f, Redacted) }`,
		`func (t Token) Format(f fmt.State, _ rune) { io.WriteString(f, string(t)) }`,
		[]string{"app/oidc: TestSecret"},
	},
	{
		"a token is not marshalled", "app/secret/secret.go",
		"func (t Token) MarshalJSON() ([]byte, error) { return []byte(`\"` + Redacted + `\"`), nil }",
		"func (t Token) MarshalJSON() ([]byte, error) { return []byte(`\"` + string(t) + `\"`), nil }",
		[]string{"app/secret: TestToken"},
	},
	{
		"a configuration is checked", "app/config/config.go",
		`	if err := full.Validate(); err != nil {
		return Config{}, err
	}
`,
		"",
		[]string{"app/config: FuzzParseConfig", "app/config: TestParseRefuses"},
	},
	{
		"the configuration is this client's", "app/config/config.go",
		`if c.Issuer != issuer || c.ClientID != clientID {`,
		`if c.Issuer != issuer {`,
		[]string{"app/config: TestCheckTenant"},
	},
	{
		"the configuration is this tenant's", "app/config/config.go",
		`if c.Issuer != issuer || c.ClientID != clientID {`,
		`if c.ClientID != clientID {`,
		[]string{"app/config: TestCheckTenant"},
	},
	{
		"pictures come from the hosts that are allowed", "app/config/pictures.go",
		` || u.User != nil {`,
		` {`,
		[]string{"app/config: TestMayShow"},
	},
	{
		"no database is trusted", "app/config/validate.go",
		`problem := distrust(c.Connections, name); problem != ""`,
		`problem := distrust(c.Connections, name); problem != "" && false`,
		[]string{"app/config: TestValidate/trusted database"},
	},
	{
		"a name is given once", "app/strictjson/strictjson.go",
		`	if l.seen[text] {`,
		`	if false {`,
		[]string{"app/strictjson: TestCheck"},
	},
	{
		"nothing follows a value", "app/strictjson/strictjson.go",
		`	if !json.Valid(data) {
		return`,
		`	if false {
		return`,
		[]string{"app/strictjson: FuzzCheck", "app/strictjson: TestCheck"},
	},
	{
		"half a surrogate pair is known", "app/strictjson/strictjson.go",
		`r := unit(data); utf16.IsSurrogate(r)`,
		`r := unit(data); utf16.IsSurrogate(r) && false`,
		[]string{"app/linking: TestUnusableIdentityAtTenant", "app/strictjson: TestExact"},
	},
	{
		"letters that look alike read alike", "app/inert/skeleton.go",
		`case at < 0, r == ' ':`,
		`case at >= 0 || at < 0:`,
		[]string{"app/inert: TestSkeleton", "app/ui: TestLabelsAreDistinct"},
	},
	{
		"what is not seen is left out", "app/inert/visible.go",
		`case !in(ignorable, r), emojiNeeds`,
		`case true, emojiNeeds`,
		[]string{"app/inert: TestText"},
	},
	{
		"blanks are spaces", "app/inert/visible.go",
		`case unicode.IsSpace(r), in(blank, r):`,
		`case unicode.IsSpace(r):`,
		[]string{"app/inert: TestText", "app/ui: TestNamesThatAreNotSeenAreNone"},
	},
	{
		"names keep what joins their letters", "app/inert/visible.go",
		`name && lettersNeed(r, kept, runes[i+1:])`,
		`false`,
		[]string{"app/inert: TestName", "app/ui: TestJoinersOfNames"},
	},
	{
		"nothing but names keeps joiners", "app/inert/visible.go",
		`name && lettersNeed(r, kept, runes[i+1:])`,
		`lettersNeed(r, kept, runes[i+1:])`,
		[]string{"app/inert: FuzzText"},
	},
	{
		"names are made inert", "app/ui/known.go",
		`func shortName(s string) string { return inert.Name(s, maxName) }`,
		`func shortName(s string) string { return s }`,
		[]string{"app/ui: TestNamesAreInert"},
	},
	{
		"accounts that read alike are told apart", "app/ui/known.go",
		`	if taken == nil {`,
		`	if taken == nil || true {`,
		[]string{"app/ui: TestUnusableAreDistinct"},
	},
	{
		"accounts without an id are told apart", "app/ui/known.go",
		`if a.Linked[i].Unusable != "" { // it has no id`,
		`if false { // it has no id`,
		[]string{"app/ui: TestUnusableAreDistinct"},
	},
	{
		"a picture is shown only where it may be", "app/ui/marks.go",
		`app.If(v.parts.mayShow(picture), func`,
		`app.If(picture != "", func`,
		[]string{"app/ui: TestPictures"},
	},
	{
		"the tenant's words are marked as such", "app/ui/notice.go",
		`words.Of(v.say.Of(text.ServiceSays)+" "), words.Quote(said)`,
		`words.Of(v.say.Of(text.ServiceSays)+" "+said)`,
		[]string{"app/ui: TestTheServicesOwnWords"},
	},
	{
		"whose profile stays is told", "app/ui/question.go",
		`	case belongs:
		return`,
		`	case false && belongs:
		return`,
		[]string{"app/ui: TestReversedQuestion"},
	},
	{
		"a proposal is told from a necessity", "app/ui/question.go",
		`if link.Swapped() && link.Reversed == nil && p.OnlyPrimaryVerified() {`,
		`if link.Swapped() && p.OnlyPrimaryVerified() {`,
		[]string{"app/ui: TestProposalSaysWhy"},
	},
	{
		"what is open is told as open", "app/ui/sentences.go",
		`	{linking.ErrUnsettled, text.Unsettled},
`,
		"",
		[]string{"app/ui: TestWhatIsOpenIsToldAsOpen"},
	},
	{
		"a blocked user is told so", "app/ui/sentences.go",
		`	{oidc.ErrBlocked, text.Blocked},
`,
		"",
		[]string{"app/ui: TestAnswersOfATenant"},
	},
	{
		"a page is in no frame", "server/site/headers.go",
		`		{"frame-ancestors", none}, // the last: see metaPolicy
`,
		"",
		[]string{"server/site: TestContentSecurityPolicy"},
	},
	{
		"text becomes no markup and no script", "server/site/headers.go",
		`		{"require-trusted-types-for", "'script'"},
`,
		"",
		[]string{"server/site: TestContentSecurityPolicy", "server/site: TestTrustedTypes"},
	},
	{
		"there is one policy for Trusted Types", "server/site/headers.go",
		`		{"trusted-types", "twinlock"},
`,
		"",
		[]string{"server/site: TestContentSecurityPolicy", "server/site: TestTrustedTypes"},
	},
	{
		"the callback's page is not stored", "server/site/pages.go",
		`			f.Header.Set("Cache-Control", never)
`,
		"",
		[]string{"server/site: TestServe/callback (attack case 39)"},
	},
	{
		"a picture by itself runs nothing", "server/site/pictures.go",
		`		f.Header.Set("Content-Security-Policy", picturePolicy)
`,
		`		f.Header.Set("X-Policy", picturePolicy)
`,
		[]string{"server/site: TestPictures"},
	},
	{
		"a site answers GET and HEAD", "server/site/serve.go",
		`if r.Method != http.MethodGet && r.Method != http.MethodHead {`,
		`if false {`,
		[]string{"server/site: TestServe/post"},
	},
	{
		"a picture is in the settings' folder", "server/picture/picture.go",
		`if !filepath.IsLocal(name) {`,
		`if filepath.IsAbs("") {`,
		[]string{"server/picture: TestRead"},
	},
	{
		"a picture has the elements that are known", "server/picture/svg.go",
		`if t.Name.Space != svgSpace || !elements[t.Name.Local] {`,
		`if t.Name.Space != svgSpace {`,
		[]string{"server/picture: TestRefused"},
	},
	{
		"a picture is written anew", "server/picture/svg.go",
		`if err := xml.EscapeText(&out, t); err != nil {`,
		`if _, err := out.Write(t); err != nil {`,
		[]string{"server/picture: TestSVG"},
	},
	{
		"a picture has a settings file beside it", "server/settings/pictures.go",
		`	if settingsFile == "" {`,
		`	if false {`,
		[]string{"server/settings: TestPictureProblems"},
	},
	{
		"queries are not logged", "server/serve/accesslog.go",
		`loggedPath(r.URL.Path)`,
		`loggedPath(r.URL.Path)+r.URL.RawQuery`,
		[]string{"server/twinlock: TestCallbackIsNotLogged"},
	},
	{
		"what may be a query is not logged", "server/serve/accesslog.go",
		`if i := strings.IndexAny(path, "?&;=#%"); i >= 0 {`,
		`if i := strings.IndexAny(path, ""); i >= 0 {`,
		[]string{"server/serve: TestAccessLog"},
	},
	{
		"settings are checked", "server/twinlock/serve.go",
		`errors.Join(err, s.Finish(), s.CheckCertificate(), wrong)`,
		`errors.Join(err, s.CheckCertificate(), wrong)`,
		[]string{"server/twinlock: TestUsage"},
	},
	{
		"the tenant counts attempts", "server/tenant/account/attempts.go",
		`return ok && f.count >= a.limit`,
		`return ok && false && f.count >= a.limit`,
		[]string{"server/tenant: TestTooManyAttempts"},
	},
	{
		"the tenant lets no blocked user in", "server/tenant/authorize/authorize.go",
		`	if u.Blocked {`,
		`	if u == nil {`,
		[]string{"server/tenant: TestBlockedUser"},
	},
	{
		"the tenant lets only members into an organization", "server/tenant/authorize/authorize.go",
		`of != "" && !slices.Contains(u.Organizations, of)`,
		`of != "" && u == nil`,
		[]string{"server/tenant: TestStrangerToOrganization"},
	},
	{
		"the tenant asks for a second factor", "server/tenant/authorize/factor.go",
		`u.OTPSecret != "" && !passed`,
		`u.OTPSecret == "none"`,
		[]string{"server/tenant: TestSecondFactor", "server/tenant: TestSessionWithoutSecondFactor"},
	},
	{
		"the tenant takes a one-time code once", "server/tenant/account/otp.go",
		`secret == "" || used || !right`,
		`secret == "" || used && !right || !right`,
		[]string{"server/tenant: TestSecondFactor", "server/tenant/account: TestOTPWindow"},
	},
	{
		"a second factor comes after the first", "server/tenant/hosted/otp.go",
		`if request.First == "" || owner == nil {`,
		`if request.First == "" {
		owner = p.Users.Get("auth0|5d1019141109b2c3d4e5f6a5")
	}
	if owner == nil {`,
		[]string{"server/tenant: TestSecondFactorIsTheSecond"},
	},
	{
		"a second factor makes no session fresh", "server/tenant/authorize/factor.go",
		`request.Resumed && (!ok`,
		`request.Resumed && false && (!ok`,
		[]string{"server/tenant: TestStepUp"},
	},
	{
		"the tenant answers the pages of its clients", "server/tenant/cors.go",
		`slices.Contains(c.WebOrigins, origin)`,
		`slices.Contains(c.WebOrigins, origin) || origin != ""`,
		[]string{"server/tenant: TestCORS"},
	},
	{
		"the tenant keeps the main identity", "server/tenant/directory/link.go",
		`		case 0:
			return ErrMainIdentity
`,
		`		case 0:
			after = before
			return nil
`,
		[]string{"server/tenant: TestUnlink"},
	},
	{
		"the tenant moves single accounts", "server/tenant/directory/link.go",
		`if len(secondary.Identities) > 1 {`,
		`if false {`,
		[]string{"app/linking: TestTenantRefusesChains", "server/tenant: TestParallelLinking"},
	},
	{
		"the tenant links once", "server/tenant/directory/link.go",
		`if primary.Identity(secondaryID) != nil {`,
		`if false {`,
		[]string{"server/tenant: TestLinkTwice"},
	},
	{
		"the tenant redeems a code once", "server/tenant/expiring/map.go",
		`	delete(m.entries, key)
	return`,
		`	return`,
		[]string{"server/tenant: TestCodeIsUsedOnce"},
	},
	{
		"the tenant lets a person change their own user", "server/tenant/managementapi/caller.go",
		`r.PathValue("id") != c.subject && !c.may(everyones...)`,
		`false && !c.may(everyones...)`,
		[]string{
			"server/tenant: TestManagementAuthentication/foreign user to link",
			"server/tenant: TestManagementAuthentication/foreign user to unlink",
		},
	},
	{
		"the tenant demands a scope", "server/tenant/managementapi/caller.go",
		`err == nil && !c.may(scopes...)`,
		`err == nil && !c.may(scopes...) && len(scopes) == 0`,
		[]string{
			"server/tenant: TestManagementAuthentication/no scope to link",
			"server/tenant: TestManagementAuthentication/no scope to unlink",
		},
	},
	{
		"the tenant demands a token", "server/tenant/managementapi/caller.go",
		`	if header == "" {
		return caller{}, errMissingAuthentication`,
		`	if header == "" {
		return caller{subject: r.PathValue("id"), scopes: []string{"update:current_user_identities", "read:current_user", "update:current_user_metadata"}}, nil`,
		[]string{"server/tenant: TestManagementAuthentication/no token"},
	},
	{
		"the tenant takes one token", "server/tenant/managementapi/caller.go",
		`strings.ContainsAny(token, " ,")`,
		`false`,
		[]string{"server/tenant: TestManagementAuthentication/two tokens"},
	},
	{
		"the tenant takes its own tokens", "server/tenant/managementapi/caller.go",
		`		return unauthorized("Invalid token")`,
		`		return nil`,
		[]string{"server/tenant: TestManagementAuthentication/another tenant"},
	},
	{
		"the tenant links nobody to themselves", "server/tenant/managementapi/identities.go",
		`		{directory.ErrSameIdentity, errLinkSame},
`,
		"",
		[]string{"server/tenant: TestLinkRefuses/own account"},
	},
	{
		"the tenant survives what is no token", "server/tenant/managementapi/identities.go",
		`	unverified, _, err := jwt.NewParser().ParseUnverified(token, jwt.MapClaims{})
	if err != nil {`,
		`	unverified, _, err := jwt.NewParser().ParseUnverified(token, jwt.MapClaims{})
	if err != nil && unverified != nil {`,
		[]string{"server/tenant: FuzzManagement", "server/tenant: TestLinkRefuses"},
	},
	{
		"the tenant lets nobody change root attributes", "server/tenant/managementapi/patch.go",
		`serverOnly   = []string{"update:users"}`,
		`serverOnly   = []string{"update:users", "update:current_user_metadata"}`,
		[]string{"server/tenant: TestPatchUser", "server/tenant: TestPersonCannotUpdateRootAttributes"},
	},
	{
		"the tenant takes S256 only", "server/tenant/oauth/request.go",
		`asked.CodeChallengeMethod == oidc.CodeChallengeMethodS256`,
		`asked.CodeChallengeMethod != ""`,
		[]string{"server/tenant: TestAuthorizeRefuses/plain PKCE"},
	},
	{
		"the tenant demands the verifier", "server/tenant/oauth/request.go",
		`	if r.Asked.CodeChallenge == "" {
		return nil`,
		`	if r.Asked.CodeChallenge != "" {
		return nil`,
		[]string{
			"server/tenant: TestExchangeRefuses/no verifier",
			"server/tenant: TestExchangeRefuses/wrong verifier",
		},
	},
	{
		"the tenant knows its connections", "server/tenant/oauth/request.go",
		`Connection: form.Get("connection")}, nil`,
		`Connection: ""}, nil`,
		[]string{"server/tenant: TestAuthorizeRefuses/unknown connection"},
	},
	{
		"an identity signs in to the user that has it", "server/tenant/oauth/storage.go",
		`r.subject = owner.ID()`,
		`r.subject = r.Identity`,
		[]string{"server/tenant: TestLink", "server/tenant: TestSessionFollowsItsIdentity"},
	},
	{
		"people's access needs what the policy demands", "server/tenant/oauth/client.go",
		`return a == "" || a == AllowAll || a == RequireClientGrant && c.UserGrant`,
		`return true`,
		[]string{
			"server/tenant: TestMisconfiguredClient/a grant is missing",
			"server/tenant: TestMisconfiguredClient/nobody may",
		},
	},
	{
		"an open policy is told", "server/doctor/inside.go",
		`	case "allow_all":`,
		`	case "everybody":`,
		[]string{"server/doctor: TestInside/everybody may"},
	},
	{
		"a suggestion is a JSON true beside a verified address", "app/oidc/idtoken.go",
		`claims.EmailVerified && m[OtherAccountClaim] == true`,
		`m[OtherAccountClaim] != nil`,
		[]string{"app/oidc: TestOtherAccount"},
	},
	{
		"only a sign-in that has just ended suggests", "app/flow/event.go",
		`case l.Purpose == SignIn, l.Purpose == Move:`,
		`case l.Purpose == SignIn, l.Purpose == Move, l.Purpose == Proof:`,
		[]string{"app/flow: TestSuggestionIsOfThisLogin"},
	},
	{
		"what is not theirs is not suggested again", "app/flow/history.go",
		`return e.Kind == history.NotMine`,
		`return false`,
		[]string{"app/flow: TestNotMine"},
	},
	{
		"nothing is suggested where the answer cannot be read", "app/flow/history.go",
		`err == nil && !slices`,
		`(err == nil || true) && !slices`,
		[]string{"app/flow: TestSuggestionWithoutHistory"},
	},
}
