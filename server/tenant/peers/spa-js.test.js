import assert from 'node:assert/strict'
import { suite, test } from 'node:test'

import { choose, popupOf, signIn, stage } from './harness/stage.js'
import { clientID, database, seeds } from './harness/tenant.js'

suite('@auth0/auth0-spa-js', () => {
  const s = stage('auth0-spa-js')

  /** Opens the application and makes its client. */
  async function openClient(t, options = {}) {
    const page = await s.open(t)
    await makeClient(page, options)
    return page
  }

  const makeClient = (page, { authorizationParams, ...options } = {}) =>
    page.evaluate(
      (o) => { window.client = new window.auth0.Auth0Client(o) },
      {
        domain: s.tenant.domain,
        clientId: clientID,
        authorizationParams: { redirect_uri: `${s.app.origin}/callback`, ...authorizationParams },
        ...options,
      },
    )

  async function login(page, user, options = {}) {
    await page.evaluate((o) => { window.client.loginWithRedirect(o) }, options)
    await (user.id.startsWith('auth0|') ? signIn(page, user) : choose(page, user))
    await page.waitForURL('**/callback?*')
  }

  const claims = (page) => page.evaluate(() => window.client.getIdTokenClaims())

  test('redirect, database', async (t) => {
    const page = await openClient(t)
    await login(page, seeds.ada, { appState: { back: '/here' } })
    await makeClient(page)
    const result = await page.evaluate(() => window.client.handleRedirectCallback())
    assert.deepEqual(result.appState, { back: '/here' })
    const user = await page.evaluate(() => window.client.getUser())
    assert.equal(user.sub, seeds.ada.id)
    assert.equal(user.email, seeds.ada.email)

    const [asked] = await s.tenant.requests('/authorize')
    assert.deepEqual(
      [asked.query.response_type, asked.query.response_mode, asked.query.code_challenge_method],
      ['code', 'query', 'S256'],
    )
    assert.equal((await s.tenant.user(seeds.ada.id)).logins_count, 2)
  })
})
