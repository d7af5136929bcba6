// A client that is not Auth0's: the one that most servers in JavaScript use, certified by the
// OpenID Foundation. It checks what a tenant says more strictly than Auth0's own do.
import assert from 'node:assert/strict'
import { beforeEach, suite, test } from 'node:test'
import * as client from 'openid-client'

import { version } from './harness/app.js'
import { brief, choose, signIn, stage } from './harness/stage.js'
import { clientID, machine, seeds } from './harness/tenant.js'

suite(`openid-client ${version('openid-client')}`, () => {
  const s = stage({ library: 'auth0-spa-js' }) // for its browser
  let config
  beforeEach(async () => { config = await client.discovery(new URL(s.tenant.issuer), clientID, undefined, client.None()) })

  /** Signs in, and returns the callback's URL and what its answer has to fit. */
  async function login(t, user, more = {}) {
    const verifier = client.randomPKCECodeVerifier()
    const checks = { pkceCodeVerifier: verifier, expectedState: client.randomState(), expectedNonce: client.randomNonce() }
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: `${s.app.origin}/callback`,
      scope: 'openid profile email',
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state: checks.expectedState,
      nonce: checks.expectedNonce,
      ...more,
    })
    const page = await s.open(t)
    await page.goto(url.href)
    await (user.id.startsWith('auth0|') ? signIn(page, user) : choose(page, user))
    await page.waitForURL('**/callback?*')
    return { answer: new URL(page.url()), checks, page }
  }

  const refused = (description) => (err) =>
    err instanceof client.ResponseBodyError && err.status === 403 && err.error === 'invalid_grant' && err.error_description === description

  test('discovery', brief, async () => {
    const known = config.serverMetadata()
    assert.equal(known.issuer, s.tenant.issuer)
    assert.ok(known.supportsPKCE())
  })

  test('discovery by OAuth: the same', brief, async () => {
    const other = await client.discovery(new URL(s.tenant.issuer), clientID, undefined, client.None(), { algorithm: 'oauth2' })
    assert.equal(other.serverMetadata().token_endpoint, config.serverMetadata().token_endpoint)
  })

  test('code: database', brief, async (t) => {
    const { answer, checks } = await login(t, seeds.ada)
    const tokens = await client.authorizationCodeGrant(config, answer, checks)
    assert.equal(tokens.claims().sub, seeds.ada.id)
    assert.equal(tokens.claims().auth_time, undefined)
    const user = await client.fetchUserInfo(config, tokens.access_token, seeds.ada.id)
    assert.equal(user.email, seeds.ada.email)
  })

  test('code: social', brief, async (t) => {
    const { answer, checks } = await login(t, seeds.google, { connection: 'google-oauth2' })
    assert.equal((await client.authorizationCodeGrant(config, answer, checks)).claims().sub, seeds.google.id)
  })

  test('code: max_age', brief, async (t) => {
    const { answer, checks } = await login(t, seeds.ada, { max_age: '60' })
    const tokens = await client.authorizationCodeGrant(config, answer, { ...checks, maxAge: 60 })
    assert.ok(tokens.claims().auth_time > 0)
  })

  test('code: a second time', brief, async (t) => {
    const { answer, checks } = await login(t, seeds.ada, { scope: 'openid offline_access' })
    const { refresh_token: refresh } = await client.authorizationCodeGrant(config, answer, checks)
    await assert.rejects(client.authorizationCodeGrant(config, answer, checks), refused('Invalid authorization code'))
    await assert.rejects(client.refreshTokenGrant(config, refresh), refused('Unknown or invalid refresh token.'))
  })

  test('code: another state', brief, async (t) => {
    const { answer, checks } = await login(t, seeds.ada)
    await assert.rejects(client.authorizationCodeGrant(config, answer, { ...checks, expectedState: client.randomState() }),
      (err) => /"state"/.test(err.cause.message))
    assert.deepEqual(await s.tenant.requests('/oauth/token'), [])
  })

  test('code: wrong verifier', brief, async (t) => {
    const { answer, checks } = await login(t, seeds.ada)
    await assert.rejects(client.authorizationCodeGrant(config, answer, { ...checks, pkceCodeVerifier: client.randomPKCECodeVerifier() }),
      refused('Failed to verify code verifier'))
  })

  test('code: an unknown one', brief, async (t) => {
    const { answer, checks } = await login(t, seeds.ada)
    answer.searchParams.set('code', 'guessed')
    await assert.rejects(client.authorizationCodeGrant(config, answer, checks), refused('Invalid authorization code'))
  })

  test('refresh', brief, async (t) => {
    const { answer, checks } = await login(t, seeds.ada, { scope: 'openid offline_access', audience: s.tenant.audience })
    const first = await client.authorizationCodeGrant(config, answer, checks)
    const second = await client.refreshTokenGrant(config, first.refresh_token)
    assert.notEqual(second.refresh_token, first.refresh_token)
    assert.equal(second.claims().sub, seeds.ada.id)
  })

  test('refresh: reuse ends the family', brief, async (t) => {
    const { answer, checks } = await login(t, seeds.ada, { scope: 'openid offline_access' })
    const { refresh_token: first } = await client.authorizationCodeGrant(config, answer, checks)
    const { refresh_token: second } = await client.refreshTokenGrant(config, first)
    for (const token of [first, second]) {
      await assert.rejects(client.refreshTokenGrant(config, token), refused('Unknown or invalid refresh token.'))
    }
  })

  test('pushed authorization requests are not offered', brief, () =>
    assert.rejects(client.buildAuthorizationUrlWithPAR(config, { redirect_uri: `${s.app.origin}/callback` }),
      /pushed_authorization_request_endpoint/))

  test('access denied', brief, async (t) => {
    const page = await s.open(t)
    const state = client.randomState()
    await page.goto(client.buildAuthorizationUrl(config, {
      redirect_uri: `${s.app.origin}/callback`, scope: 'openid', state, prompt: 'none', code_challenge_method: 'S256',
      code_challenge: await client.calculatePKCECodeChallenge(client.randomPKCECodeVerifier()),
    }).href)
    await assert.rejects(client.authorizationCodeGrant(config, new URL(page.url()), { expectedState: state }),
      (err) => err instanceof client.AuthorizationResponseError && err.error === 'login_required')
  })

  test('client credentials', brief, async () => {
    const of = await client.discovery(new URL(s.tenant.issuer), machine.id, machine.secret)
    const tokens = await client.clientCredentialsGrant(of, { audience: s.tenant.audience })
    assert.ok(tokens.access_token && tokens.expires_in > 0)
  })

  test('logout', brief, async (t) => {
    const { answer, checks, page } = await login(t, seeds.ada)
    const tokens = await client.authorizationCodeGrant(config, answer, checks)
    await page.goto(client.buildEndSessionUrl(config, {
      id_token_hint: tokens.id_token, post_logout_redirect_uri: `${s.app.origin}/`,
    }).href)
    assert.equal(page.url(), `${s.app.origin}/`)
  })
})
