// The middleware that Auth0's quickstart for Express uses: a server with a session of its own.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import express from 'express'
import oidc from 'express-openid-connect'

import { version } from './harness/app.js'
import { brief, choose, signIn, stage } from './harness/stage.js'
import { seeds, web } from './harness/tenant.js'

suite(`express-openid-connect ${version('express-openid-connect')}`, () => {
  const s = stage({ server: true })

  /** Makes the application one with these options; authorizationParams are added to a code's. */
  function serve({ authorizationParams, ...options } = {}) {
    const app = express()
    app.use(oidc.auth({
      issuerBaseURL: s.tenant.issuer,
      baseURL: s.app.origin,
      clientID: web.id,
      clientSecret: web.secret,
      secret: 'of the cookies of this application',
      authRequired: false,
      idpLogout: true,
      authorizationParams: { response_type: 'code', ...authorizationParams },
      ...options,
    }))
    app.get('/', ({ oidc }, response) => response.json({ user: oidc.user?.sub ?? null }))
    app.get('/profile', oidc.requiresAuth(), ({ oidc }, response) => response.json(oidc.idTokenClaims))
    app.get('/userinfo', async ({ oidc }, response) => response.json(await oidc.fetchUserInfo()))
    app.get('/refresh', async ({ oidc }, response) => {
      const { refreshToken } = oidc
      await oidc.accessToken.refresh()
      response.json({ user: oidc.user.sub, rotated: oidc.refreshToken !== refreshToken })
    })
    app.get('/logout-elsewhere', (_, response) => response.oidc.logout({ returnTo: 'http://127.0.0.1:1/' }))
    app.use((err, _request, response, _next) => {
      const { error, error_description: description, message } = err
      response.status(err.status ?? 500).json({ error, description: description ?? message })
    })
    s.app.handler = app
  }

  /** Opens a page of the application and returns its answer. */
  const visit = async (page, path) => (await page.goto(s.app.origin + path)).json()
  const shown = async (page) => JSON.parse(await page.innerText('body'))

  /** Opens a path of the application that asks for a sign-in, and signs in. */
  async function login(t, user, path = '/profile') {
    const page = await s.open(t, path)
    await (user.id.startsWith('auth0|') ? signIn(page, user) : choose(page, user))
    await page.waitForURL(`${s.app.origin}/**`)
    return page
  }

  /** Begins a login in the page's browser, and returns its state: by default only the path to return to. */
  async function begin(page, path = '/login') {
    const answer = await page.request.get(s.app.origin + path, { maxRedirects: 0 })
    return new URL(answer.headers().location).searchParams.get('state')
  }

  /** The callback of somebody else's login, which the application has not seen. */
  async function stolenCallback(t, user) {
    const page = await s.open(t, '/login')
    const application = s.app.handler
    s.app.handler = (_, response) => response.end()
    await signIn(page, user)
    await page.waitForURL('**/callback?*')
    s.app.handler = application
    return new URL(page.url())
  }

  const asked = async (path) => (await s.tenant.requests(path)).length
  const statuses = async (path) => (await s.tenant.requests(path)).map((r) => r.status)

  test('code: database, profile', brief, async (t) => {
    serve()
    const page = await login(t, seeds.ada)
    assert.equal(page.url(), `${s.app.origin}/profile`)
    const claims = await shown(page)
    assert.deepEqual([claims.sub, claims.email, claims.aud], [seeds.ada.id, seeds.ada.email, web.id])
    assert.equal((await visit(page, '/userinfo')).sub, seeds.ada.id)

    const [{ query }] = await s.tenant.requests('/authorize')
    assert.deepEqual([query.response_type, query.code_challenge_method], ['code', 'S256'])
    assert.deepEqual(await statuses('/oauth/token'), [200])
  })

  test('code: social', brief, async (t) => {
    serve({ authorizationParams: { connection: 'google-oauth2' } })
    assert.equal((await shown(await login(t, seeds.google))).sub, seeds.google.id)
  })

  test('code: a form post', brief, async (t) => {
    serve({ authorizationParams: { response_mode: 'form_post' } })
    assert.equal((await shown(await login(t, seeds.ada))).sub, seeds.ada.id)
  })

  test('code: max_age', brief, async (t) => {
    serve({ authorizationParams: { max_age: 60 } })
    assert.ok((await shown(await login(t, seeds.ada))).auth_time > 0)
  })

  test('ID token: a form post', brief, async (t) => {
    serve({ authorizationParams: { response_type: 'id_token', response_mode: 'form_post' } })
    assert.equal((await shown(await login(t, seeds.ada))).sub, seeds.ada.id)
    assert.equal(await asked('/oauth/token'), 0)
  })

  test('discovery and keys, asked for once', brief, async (t) => {
    serve({ authorizationParams: { response_type: 'id_token', response_mode: 'form_post' } })
    await login(t, seeds.ada)
    await login(t, seeds.charles)
    assert.equal(await asked('/.well-known/openid-configuration'), 1)
    assert.equal(await asked('/.well-known/jwks.json'), 1)
  })

  test('callback: another state', brief, async (t) => {
    serve()
    const stolen = await stolenCallback(t, seeds.charles)
    const page = await s.open(t)
    assert.notEqual(await begin(page, '/profile'), stolen.searchParams.get('state'))
    assert.equal((await visit(page, `/callback${stolen.search}`)).error, 'OAUTH_INVALID_RESPONSE')
    assert.equal((await visit(page, '/')).user, null)
    assert.equal(await asked('/oauth/token'), 0)
  })

  test('callback: no login was begun', brief, async (t) => {
    serve()
    const stolen = await stolenCallback(t, seeds.charles)
    const page = await s.open(t)
    assert.match((await visit(page, `/callback${stolen.search}`)).description, /cookie not found/)
    assert.equal(await asked('/oauth/token'), 0)
  })

  test('callback: the code of another verifier', brief, async (t) => {
    serve()
    const stolen = await stolenCallback(t, seeds.charles)
    const page = await s.open(t)
    assert.equal(await begin(page), stolen.searchParams.get('state'))
    assert.deepEqual(await visit(page, `/callback${stolen.search}`), { error: 'invalid_grant', description: 'Failed to verify code verifier' })
    assert.equal((await visit(page, '/')).user, null)
  })

  test('callback: an unknown code', brief, async (t) => {
    serve()
    const page = await s.open(t)
    const query = new URLSearchParams({ code: 'guessed', state: await begin(page) })
    assert.deepEqual(await visit(page, `/callback?${query}`), { error: 'invalid_grant', description: 'Invalid authorization code' })
  })

  test('callback: wrong secret', brief, async (t) => {
    serve({ clientSecret: 'guessed' })
    assert.deepEqual(await shown(await login(t, seeds.ada)), { error: 'access_denied', description: 'Unauthorized' })
  })

  test('access denied', brief, async (t) => {
    serve({ authorizationParams: { connection: 'facebook' } })
    const page = await s.open(t, '/login')
    await page.click('button[name=deny]')
    await page.waitForURL('**/callback?*')
    assert.equal((await shown(page)).error, 'access_denied')
    assert.equal(await asked('/oauth/token'), 0)
  })

  test('silent sign-in', brief, async (t) => {
    serve({ attemptSilentLogin: true })
    const page = await login(t, seeds.ada, '/login')
    await page.context().clearCookies({ domain: '127.0.0.1' })
    assert.equal((await visit(page, '/')).user, seeds.ada.id)
    assert.equal((await s.tenant.requests('/authorize')).at(-1).query.prompt, 'none')
  })

  test('silent sign-in: nobody signed in', brief, async (t) => {
    serve({ attemptSilentLogin: true })
    const page = await s.open(t)
    assert.deepEqual(await shown(page), { user: null })
    assert.equal(await asked('/authorize'), 1)
    assert.deepEqual(await visit(page, '/'), { user: null })
    assert.equal(await asked('/authorize'), 1)
  })

  suite('refresh tokens', () => {
    const authorizationParams = { scope: 'openid offline_access' }

    test('rotation', brief, async (t) => {
      serve({ authorizationParams })
      const page = await login(t, seeds.ada)
      assert.deepEqual(await visit(page, '/refresh'), { user: seeds.ada.id, rotated: true })
      assert.deepEqual(await visit(page, '/refresh'), { user: seeds.ada.id, rotated: true })
    })

    test('reuse ends the family', brief, async (t) => {
      serve({ authorizationParams })
      const page = await login(t, seeds.ada)
      const context = page.context()
      const before = await context.cookies(s.app.origin)
      await visit(page, '/refresh')
      const after = await context.cookies(s.app.origin)
      for (const cookies of [before, after]) {
        await context.addCookies(cookies)
        assert.equal((await visit(page, '/refresh')).error, 'invalid_grant')
      }
      assert.deepEqual(await statuses('/oauth/token'), [200, 200, 403, 403])
    })
  })

  for (const [name, options, path] of [['logout', {}, '/oidc/logout'], ['logout at /v2/logout', { auth0Logout: true }, '/v2/logout']]) {
    test(name, brief, async (t) => {
      serve(options)
      const page = await login(t, seeds.ada)
      assert.deepEqual(await visit(page, '/logout'), { user: null })
      assert.equal(page.url(), `${s.app.origin}/`)
      assert.equal(await asked(path), 1)
      await page.goto(`${s.app.origin}/profile`)
      assert.ok(await page.isVisible('input[name=password]'))
    })

    test(`${name}: returnTo elsewhere is refused`, brief, async (t) => {
      serve(options)
      const page = await login(t, seeds.ada)
      assert.equal((await page.goto(`${s.app.origin}/logout-elsewhere`)).status(), 400)
      assert.equal(new URL(page.url()).origin, new URL(s.tenant.issuer).origin)
    })
  }

  test('pushed authorization requests are not offered', brief, async (t) => {
    serve({ pushedAuthorizationRequests: true })
    const page = await s.open(t, '/login')
    assert.match((await shown(page)).description, /^pushed_authorization_request_endpoint must be configured/)
    assert.equal(await asked('/oauth/par'), 0)
  })
})
