import assert from 'node:assert/strict'
import { suite, test } from 'node:test'

import { version } from './harness/app.js'
import { brief, choose, popupOf, signIn, stage } from './harness/stage.js'
import { clientID, oneTimeCode, organization, seeds } from './harness/tenant.js'

const managementScope = 'openid profile email read:current_user update:current_user_identities'

suite(`@auth0/auth0-spa-js ${version('@auth0/auth0-spa-js')}`, () => {
  flows(stage({ library: 'auth0-spa-js' }))
  suite('third-party cookies blocked', () => withoutCookies(stage({ library: 'auth0-spa-js', thirdPartyCookies: false })))
})

/** What a page can do with one stage. */
function actor(s) {
  /** Makes window[name] a client of the tenant. */
  const makeClient = (page, { authorizationParams, ...options } = {}, name = 'client') =>
    page.evaluate(
      ([name, options]) => { window[name] = new window.auth0.Auth0Client(options) },
      [name, {
        domain: s.tenant.domain,
        clientId: clientID,
        authorizeTimeoutInSeconds: 20,
        authorizationParams: { redirect_uri: `${s.app.origin}/callback`, ...authorizationParams },
        ...options,
      }],
    )

  /** Signs in by redirect; the page is then the callback's, with the client as new. */
  async function login(page, user, { options, ...parameters } = {}) {
    await makeClient(page, options)
    await page.evaluate((p) => { window.client.loginWithRedirect(p) }, parameters)
    await (user.id.startsWith('auth0|') ? signIn(page, user) : choose(page, user))
    await page.waitForURL('**/callback?*')
    await makeClient(page, options)
    return page.evaluate(() => window.client.handleRedirectCallback())
  }

  /** What getTokenSilently says: the token, or the error. */
  const silently = (page, options) =>
    page.evaluate(
      (o) => window.client.getTokenSilently(o).then((token) => ({ token }), ({ error, message }) => ({ error, message })),
      options,
    )

  const claims = (page, name = 'client') => page.evaluate((name) => window[name].getIdTokenClaims(), name)
  const statuses = async (path) => (await s.tenant.requests(path)).map((r) => r.status)
  return { makeClient, login, silently, claims, statuses }
}

function flows(s) {
  const { makeClient, login, silently, claims, statuses } = actor(s)

  test('redirect, database', brief, async (t) => {
    const page = await s.open(t)
    const result = await login(page, seeds.ada, { appState: { back: '/here' } })
    assert.deepEqual(result.appState, { back: '/here' })
    const user = await page.evaluate(() => window.client.getUser())
    assert.equal(user.sub, seeds.ada.id)
    assert.equal(user.email, seeds.ada.email)

    const [{ query }] = await s.tenant.requests('/authorize')
    assert.equal(query.response_type, 'code')
    assert.equal(query.response_mode, 'query')
    assert.equal(query.code_challenge_method, 'S256')
    assert.equal((await s.tenant.user(seeds.ada.id)).logins_count, 2)
  })

  test('redirect, social', brief, async (t) => {
    const page = await s.open(t)
    await login(page, seeds.google, { authorizationParams: { connection: 'google-oauth2' } })
    assert.equal((await claims(page)).sub, seeds.google.id)
    assert.equal((await s.tenant.user(seeds.google.id)).logins_count, 2)
  })

  test('organization', brief, async (t) => {
    const page = await s.open(t)
    const asked = { authorizationParams: { organization: organization.id } }
    await login(page, seeds.grace, asked)
    const token = await claims(page)
    assert.deepEqual([token.sub, token.org_id], [seeds.grace.id, organization.id])
    await makeClient(page, asked)
    assert.ok((await silently(page, { cacheMode: 'off' })).token)
    assert.equal((await claims(page)).org_id, organization.id)
  })

  test('organization, no member', brief, async (t) => {
    const page = await s.open(t)
    const asked = { authorizationParams: { organization: organization.id } }
    const error = await login(page, seeds.ada, asked).catch((e) => e)
    assert.match(error.message, /is not part of the org_5d1019061906b2c3 organization/)
    assert.deepEqual(await statuses('/oauth/token'), [])
  })

  test('second factor', brief, async (t) => {
    const page = await s.open(t)
    await makeClient(page)
    const enter = async (step) => {
      await page.fill('input[name=code]', oneTimeCode(step))
      await page.click('button[type=submit]')
      await page.waitForURL('**/callback?*')
      await makeClient(page)
      await page.evaluate(() => window.client.handleRedirectCallback())
    }
    await page.evaluate(() => { window.client.loginWithRedirect() })
    await signIn(page, seeds.hedy)
    await enter(0)
    assert.deepEqual((await claims(page)).amr, ['mfa'])
    await silently(page, { cacheMode: 'off' })
    assert.equal((await claims(page)).amr, undefined)
    await page.evaluate((acr) => { window.client.loginWithRedirect({ authorizationParams: { acr_values: acr } }) },
      'http://schemas.openid.net/pape/policies/2007/06/multi-factor')
    await enter(1)
    assert.deepEqual((await claims(page)).amr, ['mfa'])
  })

  test('redirect, access denied', brief, async (t) => {
    const page = await s.open(t)
    await makeClient(page)
    await page.evaluate(() => { window.client.loginWithRedirect({ authorizationParams: { connection: 'facebook' } }) })
    await page.click('button[name=deny]')
    await page.waitForURL('**/callback?*')
    await makeClient(page)
    const error = await page.evaluate(() => window.client.handleRedirectCallback().catch((e) => ({ error: e.error, description: e.error_description })))
    assert.equal(error.error, 'access_denied')
    assert.deepEqual(await statuses('/oauth/token'), [])
  })

  test('popup', brief, async (t) => {
    const page = await s.open(t)
    await makeClient(page)
    const popup = await popupOf(page, () => page.evaluate(() => { window.done = window.client.loginWithPopup({}, { timeoutInSeconds: 20 }) }))
    await signIn(popup, seeds.charles)
    await page.evaluate(() => window.done)
    assert.equal((await claims(page)).sub, seeds.charles.id)
    const [{ query }] = await s.tenant.requests('/authorize')
    assert.equal(query.response_mode, 'web_message')
  })

  test('silent in an iframe', brief, async (t) => {
    const page = await s.open(t)
    await login(page, seeds.ada)
    await page.goto(s.app.origin)
    await makeClient(page)
    const { token, error } = await silently(page)
    assert.equal(error, undefined)
    assert.ok(token)
    assert.equal((await claims(page)).sub, seeds.ada.id)
    const asked = (await s.tenant.requests('/authorize')).at(-1)
    assert.equal(asked.query.prompt, 'none')
    assert.equal(asked.query.response_mode, 'web_message')
  })

  test('silent in an iframe, nobody signed in', brief, async (t) => {
    const page = await s.open(t)
    await makeClient(page)
    assert.equal((await silently(page)).error, 'login_required')
  })

  test('audience and scope', brief, async (t) => {
    const page = await s.open(t)
    await login(page, seeds.ada, { options: { authorizationParams: { audience: s.tenant.audience, scope: `${managementScope} delete:users` } } })
    const { token } = await silently(page)
    const payload = JSON.parse(Buffer.from(token.split('.')[1], 'base64url'))
    assert.deepEqual(payload.aud, [s.tenant.audience, `${s.tenant.issuer}userinfo`])
    assert.equal(payload.azp, clientID)
    assert.equal(payload.scope, managementScope)
  })

  suite('refresh tokens', () => {
    const options = { useRefreshTokens: true, cacheLocation: 'localstorage' }
    const stored = (page) => page.evaluate(() => Object.entries(localStorage))
    const restore = (page, entries) => page.evaluate((e) => e.forEach(([k, v]) => localStorage.setItem(k, v)), entries)
    const refreshToken = (entries) =>
      entries.map(([, value]) => JSON.parse(value).body?.refresh_token).find((token) => token)

    test('rotation', brief, async (t) => {
      const page = await s.open(t)
      await login(page, seeds.ada, { options })
      const first = refreshToken(await stored(page))
      assert.ok((await silently(page, { cacheMode: 'off' })).token)
      assert.ok((await silently(page, { cacheMode: 'off' })).token)
      assert.notEqual(refreshToken(await stored(page)), first)
      assert.deepEqual(await statuses('/oauth/token'), [200, 200, 200])
      assert.equal((await s.tenant.requests('/authorize')).length, 1)
    })

    test('rotation, in the worker', brief, async (t) => {
      const page = await s.open(t)
      await login(page, seeds.ada, { options: { useRefreshTokens: true } })
      assert.ok((await silently(page, { cacheMode: 'off' })).token)
      assert.ok((await silently(page, { cacheMode: 'off' })).token)
      assert.deepEqual(await statuses('/oauth/token'), [200, 200, 200])
    })

    test('reuse ends the family', brief, async (t) => {
      const page = await s.open(t)
      await login(page, seeds.ada, { options })
      const first = await stored(page)
      await silently(page, { cacheMode: 'off' })
      const second = await stored(page)
      await restore(page, first)
      assert.deepEqual(await silently(page, { cacheMode: 'off' }), { error: 'invalid_grant', message: 'Unknown or invalid refresh token.' })
      await restore(page, second)
      assert.equal((await silently(page, { cacheMode: 'off' })).error, 'invalid_grant')
      assert.deepEqual(await statuses('/oauth/token'), [200, 200, 403, 403])
    })

    test('a refused one falls back to the iframe', brief, async (t) => {
      const page = await s.open(t)
      await login(page, seeds.ada, { options: { ...options, useRefreshTokensFallback: true } })
      const first = await stored(page)
      await silently(page, { cacheMode: 'off' })
      await restore(page, first)
      assert.ok((await silently(page, { cacheMode: 'off' })).token)
      assert.deepEqual(await statuses('/oauth/token'), [200, 200, 403, 200])
    })

    test('revocation', brief, async (t) => {
      const page = await s.open(t)
      await login(page, seeds.ada, { options })
      const before = await stored(page)
      await page.evaluate(() => window.client.revokeRefreshToken())
      assert.deepEqual(await statuses('/oauth/revoke'), [200])
      await restore(page, before)
      assert.equal((await silently(page, { cacheMode: 'off' })).error, 'invalid_grant')
    })
  })

  test('max_age', brief, async (t) => {
    const page = await s.open(t)
    await login(page, seeds.ada)
    const before = Date.now() / 1000
    await login(page, seeds.ada, { authorizationParams: { max_age: 0 } }) // asks for the password again
    const { auth_time: at } = await claims(page)
    assert.ok(at >= Math.floor(before), `auth_time ${at}, before ${before}`)
    assert.equal((await s.tenant.user(seeds.ada.id)).logins_count, 3)
  })

  test('single sign-on', brief, async (t) => {
    const page = await s.open(t)
    await login(page, seeds.ada)
    await page.evaluate(() => { window.client.loginWithRedirect() })
    await page.waitForURL('**/callback?*') // without a word from the person
    assert.equal((await s.tenant.user(seeds.ada.id)).logins_count, 2)
  })

  test('logout', brief, async (t) => {
    const page = await s.open(t)
    await login(page, seeds.ada)
    await page.evaluate((returnTo) => { window.client.logout({ logoutParams: { returnTo } }) }, `${s.app.origin}/`)
    await page.waitForURL(`${s.app.origin}/`)
    await makeClient(page)
    assert.equal((await silently(page)).error, 'login_required')
    assert.deepEqual(await statuses('/v2/logout'), [302])
  })

  test('link and unlink, as in Auth0\'s sample', brief, async (t) => {
    const page = await s.open(t)
    await login(page, seeds.ada, { options: { authorizationParams: { audience: s.tenant.audience, scope: managementScope } } })
    await makeClient(page, {}, 'second')
    const popup = await popupOf(page, () =>
      page.evaluate(() => {
        window.done = window.second.loginWithPopup({ authorizationParams: { max_age: 0, connection: 'google-oauth2' } }, { timeoutInSeconds: 20 })
      }))
    await choose(popup, seeds.google)
    await page.evaluate(() => window.done)

    const call = (method, path, body) =>
      page.evaluate(
        async ([url, method, body]) => {
          const headers = { Authorization: `Bearer ${await window.client.getTokenSilently()}` }
          if (body) headers['Content-Type'] = 'application/json'
          const answer = await fetch(url, { method, headers, body: body && JSON.stringify(body) })
          return { status: answer.status, body: await answer.json(), remaining: answer.headers.get('X-RateLimit-Remaining') }
        },
        [`${s.tenant.audience}users/${encodeURIComponent(seeds.ada.id)}/identities${path}`, method, body],
      )
    const second = await claims(page, 'second')
    assert.equal(second.sub, seeds.google.id)
    const linked = await call('POST', '', { link_with: second.__raw })
    assert.equal(linked.status, 201)
    assert.match(linked.remaining, /^\d+$/)
    assert.equal((await s.tenant.user(seeds.ada.id)).identities.length, 2)
    assert.equal(await s.tenant.user(seeds.google.id), undefined)

    const [provider, id] = seeds.google.id.split('|')
    const unlinked = await call('DELETE', `/${provider}/${id}`)
    assert.equal(unlinked.status, 200)
    assert.equal(unlinked.body.length, 1)
    assert.equal((await s.tenant.user(seeds.ada.id)).identities.length, 1)
    assert.equal((await s.tenant.user(seeds.google.id)).user_metadata, undefined)
  })
}

/** What Auth0 says cannot work then, and what does. */
function withoutCookies(s) {
  const { makeClient, login, silently, statuses } = actor(s)

  test('silent in an iframe finds nobody', brief, async (t) => {
    const page = await s.open(t)
    await login(page, seeds.ada)
    await page.goto(s.app.origin)
    await makeClient(page)
    assert.equal((await silently(page)).error, 'login_required')
  })

  test('refresh tokens work', brief, async (t) => {
    const page = await s.open(t)
    await login(page, seeds.ada, { options: { useRefreshTokens: true } })
    assert.ok((await silently(page, { cacheMode: 'off' })).token)
    assert.deepEqual(await statuses('/oauth/token'), [200, 200])
  })
}
