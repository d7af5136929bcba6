// The client under Auth0's SDKs for servers (Next.js, Hono, Nuxt …). It leaves the state, the
// nonce and the session to them.
import { AuthClient, NotSupportedError, OrganizationValidationError, SignUpError, TokenByClientCredentialsError, TokenByCodeError, TokenByPasswordError,
  TokenByRefreshTokenError, UserInfoError } from '@auth0/auth0-auth-js'
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'

import { version } from './harness/app.js'
import { brief, choose, signIn, stage } from './harness/stage.js'
import { database, machine, organization, password, seeds, web } from './harness/tenant.js'

suite(`@auth0/auth0-auth-js ${version('@auth0/auth0-auth-js')}`, () => {
  const s = stage({ library: 'auth0-spa-js' }) // for its browser

  const makeClient = (options = {}) =>
    new AuthClient({
      domain: s.tenant.domain,
      clientId: web.id,
      clientSecret: web.secret,
      authorizationParams: { redirect_uri: `${s.app.origin}/callback` },
      discoveryCache: { ttl: 0 }, // of the process, where the next test would find it
      ...options,
    })

  /** Signs in, and returns the callback's URL and the verifier that belongs to it. */
  async function login(t, user, authorizationParams = {}) {
    const { authorizationUrl, codeVerifier } = await makeClient().buildAuthorizationUrl({ authorizationParams })
    const page = await s.open(t)
    await page.goto(authorizationUrl.href)
    await (user.id.startsWith('auth0|') ? signIn(page, user) : choose(page, user))
    await page.waitForURL('**/callback?*')
    return { url: new URL(page.url()), codeVerifier, page }
  }

  async function tokensOf(t, user, authorizationParams) {
    const { url, codeVerifier } = await login(t, user, authorizationParams)
    return makeClient().getTokenByCode(url, { codeVerifier })
  }

  /** Asserts that the call fails with the client's own type of error, for what the tenant said. */
  const refused = (call, type, statusCode, error, description) =>
    assert.rejects(call, (err) => {
      assert.ok(err instanceof type, `${err.name}: ${err.message}`)
      assert.deepEqual([err.statusCode, err.cause.error, err.cause.error_description], [statusCode, error, description])
      return true
    })

  const asked = async (path) => (await s.tenant.requests(path)).length

  test('discovery, asked for once', brief, async () => {
    const client = makeClient({ discoveryCache: { ttl: 60 } })
    const [known] = await Promise.all([client.getServerMetadata(), client.getServerMetadata()])
    await client.buildAuthorizationUrl()
    assert.equal(known.issuer, s.tenant.issuer)
    assert.equal(await asked('/.well-known/openid-configuration'), 1)
  })

  // A logout token is the only one that this client checks by the keys. An ID token is none.
  test('keys, asked for once', brief, async (t) => {
    const { idToken } = await tokensOf(t, seeds.ada)
    const client = makeClient({ discoveryCache: { ttl: 60 } })
    const forged = idToken.replace(/[^.]+$/, (signature) => signature.split('').reverse().join(''))
    const code = (logoutToken) => client.verifyLogoutToken({ logoutToken }).catch((err) => err.code)
    assert.equal(await code(forged), 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED')
    assert.equal(await code(idToken), 'verify_logout_token_error')
    assert.equal(await code(idToken), 'verify_logout_token_error')
    assert.equal(await asked('/.well-known/jwks.json'), 1)
  })

  test('code: database', brief, async (t) => {
    const tokens = await tokensOf(t, seeds.ada)
    assert.equal(tokens.claims.sub, seeds.ada.id)
    assert.equal(tokens.claims.aud, web.id)
    const user = await makeClient().getUserInfo({ accessToken: tokens.accessToken, expectedSubject: seeds.ada.id })
    assert.equal(user.email, seeds.ada.email)
    const [{ query }] = await s.tenant.requests('/authorize')
    assert.equal(query.code_challenge_method, 'S256')
  })

  test('code: social', brief, async (t) => {
    assert.equal((await tokensOf(t, seeds.google, { connection: 'google-oauth2' })).claims.sub, seeds.google.id)
  })

  test('organization: a member', brief, async (t) => {
    const { url, codeVerifier } = await login(t, seeds.grace, { organization: organization.id })
    const { claims } = await makeClient().getTokenByCode(url, { codeVerifier, organization: organization.id })
    assert.deepEqual([claims.sub, claims.org_id], [seeds.grace.id, organization.id])
  })

  test('organization: nobody was asked for one', brief, async (t) => {
    const { url, codeVerifier } = await login(t, seeds.grace)
    await assert.rejects(makeClient().getTokenByCode(url, { codeVerifier, organization: organization.id }), OrganizationValidationError)
  })

  test('organization: no member', brief, async (t) => {
    const { url, codeVerifier } = await login(t, seeds.ada, { organization: organization.id })
    await assert.rejects(makeClient().getTokenByCode(url, { codeVerifier, organization: organization.id }), (err) => {
      assert.deepEqual([err.cause.error, err.cause.error_description], ['access_denied', `user ${seeds.ada.id} is not part of the ${organization.id} organization`])
      return true
    })
    assert.equal(await asked('/oauth/token'), 0)
  })

  test('code: wrong verifier', brief, async (t) => {
    const { url, codeVerifier } = await login(t, seeds.ada)
    const other = (await makeClient().buildAuthorizationUrl()).codeVerifier
    await refused(makeClient().getTokenByCode(url, { codeVerifier: other }), TokenByCodeError,
      403, 'invalid_grant', 'Failed to verify code verifier')
  })

  test('code: an unknown one', brief, async (t) => {
    const { url, codeVerifier } = await login(t, seeds.ada)
    url.searchParams.set('code', 'guessed')
    await refused(makeClient().getTokenByCode(url, { codeVerifier }), TokenByCodeError,
      403, 'invalid_grant', 'Invalid authorization code')
  })

  test('code: a second time', brief, async (t) => {
    const { url, codeVerifier } = await login(t, seeds.ada, { scope: 'openid offline_access' })
    const { refreshToken } = await makeClient().getTokenByCode(url, { codeVerifier })
    await refused(makeClient().getTokenByCode(url, { codeVerifier }), TokenByCodeError,
      403, 'invalid_grant', 'Invalid authorization code')
    await refused(makeClient().getTokenByRefreshToken({ refreshToken }), TokenByRefreshTokenError,
      403, 'invalid_grant', 'Unknown or invalid refresh token.')
  })

  test('code: wrong secret', brief, async (t) => {
    const { url, codeVerifier } = await login(t, seeds.ada)
    await refused(makeClient({ clientSecret: 'guessed' }).getTokenByCode(url, { codeVerifier }), TokenByCodeError,
      401, 'access_denied', 'Unauthorized')
  })

  test('access denied', brief, async (t) => {
    const { authorizationUrl, codeVerifier } = await makeClient().buildAuthorizationUrl({ authorizationParams: { prompt: 'none' } })
    const page = await s.open(t)
    await page.goto(authorizationUrl.href)
    await assert.rejects(makeClient().getTokenByCode(new URL(page.url()), { codeVerifier }), (err) => {
      assert.ok(err instanceof TokenByCodeError, err.name)
      assert.equal(err.cause.error, 'login_required')
      return true
    })
    assert.equal(await asked('/oauth/token'), 0)
  })

  suite('refresh tokens', () => {
    const scope = 'openid email offline_access'
    const unknown = [TokenByRefreshTokenError, 403, 'invalid_grant', 'Unknown or invalid refresh token.']

    test('rotation', brief, async (t) => {
      const first = await tokensOf(t, seeds.ada, { scope })
      const second = await makeClient().getTokenByRefreshToken({ refreshToken: first.refreshToken })
      assert.notEqual(second.refreshToken, first.refreshToken)
      assert.notEqual(second.accessToken, first.accessToken)
      assert.equal(second.claims.sub, seeds.ada.id)
      const third = await makeClient().getTokenByRefreshToken({ refreshToken: second.refreshToken, scope: 'openid' })
      assert.equal(third.scope, 'openid')
      assert.equal(third.claims.email, undefined)
    })

    test('reuse ends the family', brief, async (t) => {
      const first = await tokensOf(t, seeds.ada, { scope })
      const second = await makeClient().getTokenByRefreshToken({ refreshToken: first.refreshToken })
      await refused(makeClient().getTokenByRefreshToken({ refreshToken: first.refreshToken }), ...unknown)
      await refused(makeClient().getTokenByRefreshToken({ refreshToken: second.refreshToken }), ...unknown)
    })

    test('revocation', brief, async (t) => {
      const { refreshToken } = await tokensOf(t, seeds.ada, { scope })
      await makeClient().revokeToken({ token: refreshToken })
      await refused(makeClient().getTokenByRefreshToken({ refreshToken }), ...unknown)
    })
  })

  test('profile: a token that is none', brief, () =>
    assert.rejects(makeClient().getUserInfo({ accessToken: 'guessed' }), (err) => {
      assert.ok(err instanceof UserInfoError, err.name)
      assert.equal(err.statusCode, 401)
      return true
    }))

  test('client credentials', brief, async () => {
    const tokens = await makeClient({ clientId: machine.id, clientSecret: machine.secret })
      .getTokenByClientCredentials({ audience: s.tenant.audience })
    assert.ok(tokens.accessToken && tokens.expiresAt > 0)
    assert.equal(tokens.idToken, undefined)
  })

  test('client credentials: wrong secret', brief, () =>
    refused(makeClient({ clientId: machine.id, clientSecret: 'guessed' }).getTokenByClientCredentials({ audience: s.tenant.audience }),
      TokenByClientCredentialsError, 401, 'access_denied', 'Unauthorized'))

  test('password: the grant is not allowed', brief, () =>
    refused(makeClient().getTokenByPassword({ username: seeds.ada.email, password }), TokenByPasswordError,
      403, 'unauthorized_client', "Grant type 'password' not allowed for the client."))

  suite('database', () => {
    const person = { email: 'new@example.com', password, connection: database }

    test('sign up, sign in', brief, async (t) => {
      const { id } = await makeClient().database.signUp({ ...person, userMetadata: { theme: 'dark' } })
      const user = await s.tenant.user(`auth0|${id}`)
      assert.deepEqual([user.email, user.user_metadata], [person.email, { theme: 'dark' }])
      assert.equal((await tokensOf(t, { id: user.user_id, email: person.email })).claims.sub, user.user_id)
    })

    test('sign up: the user exists', brief, () =>
      assert.rejects(makeClient().database.signUp({ ...person, email: seeds.ada.email }), (err) => {
        assert.ok(err instanceof SignUpError, err.name)
        assert.equal(err.statusCode, 400)
        assert.match(err.body, /"code":"user_exists"/)
        return true
      }))

    test('forgotten password', brief, async () => {
      await makeClient().database.changePassword({ email: seeds.ada.email, connection: database })
      assert.deepEqual((await s.tenant.outbox()).map((m) => m.to), [seeds.ada.email])
    })
  })

  test('logout', brief, async (t) => {
    const { page } = await login(t, seeds.ada)
    await page.goto((await makeClient().buildLogoutUrl({ returnTo: `${s.app.origin}/` })).href)
    assert.equal(page.url(), `${s.app.origin}/`)
    await page.goto((await makeClient().buildAuthorizationUrl({ authorizationParams: { prompt: 'none' } })).authorizationUrl.href)
    assert.equal(new URL(page.url()).searchParams.get('error'), 'login_required')
  })

  test('logout: returnTo elsewhere is refused', brief, async (t) => {
    const { page } = await login(t, seeds.ada)
    const answer = await page.goto((await makeClient().buildLogoutUrl({ returnTo: 'http://127.0.0.1:1/' })).href)
    assert.equal(answer.status(), 400)
    assert.equal(new URL(page.url()).origin, new URL(s.tenant.issuer).origin)
  })

  suite('left out, and said by name', () => {
    test('pushed authorization requests', brief, () =>
      assert.rejects(makeClient().buildAuthorizationUrl({ pushedAuthorizationRequests: true }), (err) => {
        assert.ok(err instanceof NotSupportedError, err.name)
        assert.equal(err.code, 'par_not_supported_error')
        return true
      }))

    for (const [name, build] of [['link at login', 'buildLinkUserUrl'], ['unlink at login', 'buildUnlinkUserUrl']]) {
      test(name, brief, async (t) => {
        const { idToken } = await tokensOf(t, seeds.ada)
        const { linkUserUrl, unlinkUserUrl } = await makeClient()[build]({ connection: 'google-oauth2', connectionScope: 'email', idToken })
        const page = await s.open(t)
        await page.goto((linkUserUrl ?? unlinkUserUrl).href)
        const answer = new URL(page.url()).searchParams
        assert.equal(answer.get('error'), 'invalid_request')
        assert.match(answer.get('error_description'), /requested_connection/)
        assert.equal((await s.tenant.user(seeds.ada.id)).identities.length, 1)
      })
    }

    test('passkeys', brief, () =>
      assert.rejects(makeClient().passkey.challenge(), (err) => {
        assert.equal(err.cause.error, 'unsupported_passkeys')
        return true
      }))
  })
})
