// The flows of auth0-js, the same for both of its major versions.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'

import { version } from './harness/app.js'
import { brief, choose, popupOf, signIn, stage } from './harness/stage.js'
import { clientID, database, password, seeds } from './harness/tenant.js'

/** How long a silent request may take, in milliseconds. */
const patience = 20_000

const managementScope = 'openid profile email read:current_user update:current_user_identities update:current_user_metadata'

/** Calls window's method with the arguments and a callback, and returns what that gets. */
const ask = (page, path, ...args) =>
  page.evaluate(
    ([path, args]) => new Promise((resolve) => {
      const keys = path.split('.')
      const method = keys.pop()
      const object = keys.reduce((o, key) => o[key], window)
      const tell = ({ code, error, description, errorDescription, statusCode, name, original }) =>
        ({ code: code ?? error, description: description ?? errorDescription, statusCode, name, body: original?.response?.body })
      object[method](...args, (err, result) => resolve({ err: err && tell(err), result }))
    }),
    [path, args],
  )

/** The result of ask, which must not be an error. */
async function get(page, path, ...args) {
  const { err, result } = await ask(page, path, ...args)
  assert.ok(!err, `${path}: ${JSON.stringify(err)}`)
  return result
}

const payload = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'))

/** The suite of auth0-js as it is installed under a name. */
export const suiteOf = (installed) =>
  suite(`auth0-js ${version(installed)}`, () => {
    flows(stage({ library: installed }))
    suite('third-party cookies blocked', () => withoutCookies(stage({ library: installed, thirdPartyCookies: false })))
  })

/** What a page can do with one stage. */
function actor(s) {
  const makeClient = (page, options = {}) =>
    page.evaluate((o) => { window.client = new window.auth0.WebAuth(o) }, {
      domain: s.tenant.domain,
      clientID,
      redirectUri: `${s.app.origin}/callback`,
      responseType: 'token id_token',
      ...options,
    })

  async function open(t, options) {
    const page = await s.open(t)
    await makeClient(page, options)
    return page
  }

  /** The client's answer on the callback page. */
  async function returned(page, options, parameters = {}) {
    await page.waitForURL('**/callback#*')
    await makeClient(page, options)
    return ask(page, 'client.parseHash', parameters)
  }

  async function login(page, user, options) {
    await makeClient(page, options)
    const [provider] = user.id.split('|')
    await page.evaluate((p) => { window.client.authorize(p) }, provider === 'auth0' ? {} : { connection: provider })
    await (provider === 'auth0' ? signIn(page, user) : choose(page, user))
    const { err, result } = await returned(page, options)
    assert.ok(!err, JSON.stringify(err))
    return result
  }

  const statuses = async (path) => (await s.tenant.requests(path)).map((r) => r.status)
  return { makeClient, open, returned, login, statuses }
}

function flows(s) {
  const { makeClient, open, returned, login, statuses } = actor(s)
  const management = () => ({ audience: s.tenant.audience, scope: managementScope })
  const makeManagement = (page, token) =>
    page.evaluate((o) => { window.management = new window.auth0.Management(o) }, { domain: s.tenant.domain, token })

  test('authorize, parseHash: database', brief, async (t) => {
    const page = await s.open(t)
    const result = await login(page, seeds.ada)
    assert.equal(result.idTokenPayload.sub, seeds.ada.id)
    assert.equal(result.tokenType, 'Bearer')
    assert.equal(result.expiresIn, 7200)
    assert.ok(result.idTokenPayload.at_hash)
    const [{ query }] = await s.tenant.requests('/authorize')
    assert.equal(query.response_type, 'token id_token')
    assert.equal((await s.tenant.user(seeds.ada.id)).logins_count, 2)
    assert.deepEqual(await statuses('/oauth/token'), [])
  })

  test('authorize, parseHash: social', brief, async (t) => {
    const page = await s.open(t)
    assert.equal((await login(page, seeds.facebook)).idTokenPayload.sub, seeds.facebook.id)
  })

  test('authorize, parseHash: only a token, then the profile', brief, async (t) => {
    const page = await s.open(t)
    const result = await login(page, seeds.ada, { responseType: 'token' })
    assert.equal(result.idToken, null)
    assert.equal((await get(page, 'client.client.userInfo', result.accessToken)).sub, seeds.ada.id)
  })

  test('authorize, parseHash: only an ID token', brief, async (t) => {
    const page = await s.open(t)
    const result = await login(page, seeds.ada, { responseType: 'id_token' })
    assert.equal(result.accessToken, null)
    assert.equal(result.idTokenPayload.email, seeds.ada.email)
  })

  test('authorize: a code', brief, async (t) => {
    const page = await open(t, { responseType: 'code' })
    await page.evaluate(() => { window.client.authorize() })
    await signIn(page, seeds.ada)
    await page.waitForURL('**/callback?code=*&state=*')
  })

  test('authorize: a form post', brief, async (t) => {
    const page = await open(t, { responseMode: 'form_post' })
    await page.evaluate(() => { window.client.authorize() })
    const [request] = await Promise.all([
      page.waitForRequest((r) => r.method() === 'POST' && r.url() === `${s.app.origin}/callback`),
      signIn(page, seeds.ada),
    ])
    const fields = new URLSearchParams(request.postData())
    assert.equal(payload(fields.get('id_token')).sub, seeds.ada.id)
    assert.ok(fields.get('access_token') && fields.get('state'))
  })

  test('authorize, parseHash: access denied', brief, async (t) => {
    const page = await open(t)
    await page.evaluate(() => { window.client.authorize({ connection: 'google-oauth2' }) })
    await page.click('button[name=deny]')
    const { err } = await returned(page)
    assert.equal(err.code, 'access_denied')
  })

  test('authorize, parseHash: audience and scope', brief, async (t) => {
    const page = await s.open(t)
    const result = await login(page, seeds.ada, management())
    const claims = payload(result.accessToken)
    assert.deepEqual(claims.aud, [s.tenant.audience, `${s.tenant.issuer}userinfo`])
    assert.equal(claims.scope, managementScope)
    assert.equal(claims.exp - claims.iat, 7200)
  })

  test('parseHash: a forged answer is refused', brief, async (t) => {
    const page = await s.open(t, '/callback#access_token=x&token_type=Bearer&state=y')
    await makeClient(page, { responseType: 'token' })
    const { err } = await ask(page, 'client.parseHash', {})
    assert.equal(err.code, 'invalid_token')
  })

  test('checkSession', brief, async (t) => {
    const page = await s.open(t)
    await login(page, seeds.ada)
    await page.goto(s.app.origin)
    await makeClient(page)
    const result = await get(page, 'client.checkSession', { timeout: patience })
    assert.equal(result.idTokenPayload.sub, seeds.ada.id)
    const { query } = (await s.tenant.requests('/authorize')).at(-1)
    assert.equal(query.prompt, 'none')
    assert.equal(query.response_mode, 'web_message')
  })

  test('checkSession: nobody signed in', brief, async (t) => {
    const page = await open(t)
    const { err } = await ask(page, 'client.checkSession', { timeout: patience })
    assert.equal(err.code, 'login_required')
  })

  test('login through /co/authenticate', brief, async (t) => {
    const page = await open(t)
    const credentials = { realm: database, username: seeds.charles.email, password }
    await page.evaluate((c) => { window.client.login(c, () => {}) }, credentials)
    const { err, result } = await returned(page)
    assert.ok(!err, JSON.stringify(err))
    assert.equal(result.idTokenPayload.sub, seeds.charles.id)
    assert.deepEqual(await statuses('/co/authenticate'), [200])
    assert.equal((await s.tenant.user(seeds.charles.id)).logins_count, 2)
  })

  test('login through /co/authenticate: wrong password', brief, async (t) => {
    const page = await open(t)
    const { err } = await ask(page, 'client.login', { realm: database, username: seeds.charles.email, password: 'guessed' })
    assert.equal(err.code, 'access_denied')
    assert.equal(err.description, 'Wrong email or password.')
    assert.deepEqual(await statuses('/co/authenticate'), [403])
    assert.equal((await s.tenant.user(seeds.charles.id)).logins_count, 1)
  })

  test('popup.loginWithCredentials, in an iframe', brief, async (t) => {
    const page = await open(t)
    const credentials = { connection: database, username: seeds.ada.email, password, timeout: patience }
    const result = await get(page, 'client.popup.loginWithCredentials', credentials)
    assert.equal(result.idTokenPayload.sub, seeds.ada.id)
    const { query } = (await s.tenant.requests('/authorize')).at(-1)
    assert.equal(query.response_mode, 'web_message')
  })

  test('popup.authorize with the relay page', brief, async (t) => {
    const page = await open(t)
    const popup = await popupOf(page, () =>
      page.evaluate(() => {
        window.done = new Promise((resolve) =>
          window.client.popup.authorize({ owp: true, connection: 'google-oauth2' }, (err, result) => resolve({ err, result })))
        return null
      }))
    await choose(popup, seeds.google)
    const { err, result } = await page.evaluate(() => window.done)
    assert.ok(!err, JSON.stringify(err))
    assert.equal(payload(result.idToken ?? result.id_token).sub, seeds.google.id)
    if (!popup.isClosed()) await popup.waitForEvent('close')
  })

  test('popup.authorize with the application\'s callback', brief, async (t) => {
    const page = await open(t)
    const popup = await popupOf(page, () =>
      page.evaluate(() => {
        window.done = new Promise((resolve) => window.client.popup.authorize({}, (err, result) => resolve({ err, result })))
        return null
      }))
    await signIn(popup, seeds.ada)
    await popup.waitForURL('**/callback#*')
    await makeClient(popup)
    await popup.evaluate(() => window.client.popup.callback()).catch(() => {}) // closes the popup
    const { err, result } = await page.evaluate(() => window.done)
    assert.ok(!err, JSON.stringify(err))
    assert.equal(result.idTokenPayload.sub, seeds.ada.id)
  })

  test('signup, login', brief, async (t) => {
    const page = await open(t)
    const person = { connection: database, email: 'joan@example.com', password: 'Nanoseconds-11.8-inches' }
    const made = await get(page, 'client.signup', { ...person, user_metadata: { theme: 'light' } })
    assert.equal(made.email, person.email)
    assert.equal(made.emailVerified, false)
    assert.match(made.Id, /^[0-9a-f]{24}$/)

    await page.evaluate((c) => { window.client.login(c, () => {}) }, { realm: database, username: person.email, password: person.password })
    const { err, result } = await returned(page)
    assert.ok(!err, JSON.stringify(err))
    assert.equal(result.idTokenPayload.sub, `auth0|${made.Id}`)
    const held = await s.tenant.user(`auth0|${made.Id}`)
    assert.equal(held.email, person.email)
    assert.deepEqual(held.user_metadata, { theme: 'light' })
  })

  test('signup: the user exists', brief, async (t) => {
    const page = await open(t)
    const before = await s.tenant.users()
    const { err } = await ask(page, 'client.signup', { connection: database, email: seeds.ada.email, password: 'Nanoseconds-11.8-inches' })
    assert.ok(['user_exists', 'invalid_signup'].includes(err.code), err.code)
    assert.equal(err.statusCode, 400)
    assert.deepEqual(await s.tenant.users(), before)
  })

  test('signup: a weak password', brief, async (t) => {
    const page = await open(t)
    const { err } = await ask(page, 'client.signup', { connection: database, email: 'joan@example.com', password: 'password' })
    assert.equal(err.code, 'invalid_password')
    assert.equal(err.name, 'PasswordStrengthError')
    assert.equal((await s.tenant.users()).some((u) => u.email === 'joan@example.com'), false)
  })

  const askForMail = async (page, email) => {
    const said = await get(page, 'client.changePassword', { connection: database, email })
    assert.equal(said, 'We\'ve just sent you an email to reset your password.')
    assert.deepEqual(await statuses('/dbconnections/change_password'), [200])
    return s.tenant.outbox()
  }

  test('changePassword', brief, async (t) => {
    const page = await open(t)
    const [mail, ...more] = await askForMail(page, seeds.ada.email)
    assert.equal(mail.to, seeds.ada.email)
    assert.deepEqual(more, [])

    const chosen = 'Nanoseconds-11.8-inches'
    await page.goto(mail.link)
    await page.fill('input[name=password]', chosen)
    await page.click('button[type=submit]')
    await page.getByText('Your password has been changed.').waitFor()
    await page.goto(s.app.origin)
    await makeClient(page)
    const login = (secret) => ask(page, 'client.popup.loginWithCredentials', { connection: database, username: seeds.ada.email, password: secret, timeout: patience })
    assert.equal((await login(password)).err.code, 'access_denied')
    assert.equal((await login(chosen)).result.idTokenPayload.sub, seeds.ada.id)
  })

  test('changePassword: nobody has the address', brief, async (t) => {
    assert.deepEqual(await askForMail(await open(t), 'nobody@example.com'), [])
  })

  test('logout', brief, async (t) => {
    const page = await s.open(t)
    await login(page, seeds.ada)
    await page.evaluate((returnTo) => { window.client.logout({ returnTo }) }, `${s.app.origin}/`)
    await page.waitForURL(`${s.app.origin}/`)
    await makeClient(page)
    assert.equal((await ask(page, 'client.checkSession', { timeout: patience })).err.code, 'login_required')
  })

  test('Management: getUser, patchUserMetadata', brief, async (t) => {
    const page = await s.open(t)
    const { accessToken } = await login(page, seeds.ada, management())
    await makeManagement(page, accessToken)
    const user = await get(page, 'management.getUser', seeds.ada.id)
    assert.equal(user.user_id, seeds.ada.id)
    assert.equal(user.identities[0].user_id, seeds.ada.id.split('|')[1])

    await get(page, 'management.patchUserMetadata', seeds.ada.id, { theme: null, languages: { first: 'en' } })
    assert.deepEqual((await s.tenant.user(seeds.ada.id)).user_metadata, { phone: '+1', languages: { first: 'en' } })
  })

  test('Management: linkUser', brief, async (t) => {
    const page = await s.open(t)
    const primary = await login(page, seeds.ada, management())
    const second = await login(page, seeds.google)
    await makeManagement(page, primary.accessToken)
    const identities = await get(page, 'management.linkUser', seeds.ada.id, second.idToken)
    assert.deepEqual(identities.map((i) => i.provider), ['auth0', 'google-oauth2'])
    assert.equal((await s.tenant.user(seeds.ada.id)).identities.length, 2)
    assert.equal(await s.tenant.user(seeds.google.id), undefined)

    const { err } = await ask(page, 'management.linkUser', seeds.ada.id, second.idToken)
    assert.equal(err.statusCode, 409)
    assert.deepEqual(await statuses(`/api/v2/users/${seeds.ada.id}/identities`), [201, 409])
  })

  test('Management: linkUser, the same account', brief, async (t) => {
    const page = await s.open(t)
    const { accessToken, idToken } = await login(page, seeds.ada, management())
    await makeManagement(page, accessToken)
    const { err } = await ask(page, 'management.linkUser', seeds.ada.id, idToken)
    assert.equal(err.statusCode, 400)
    assert.equal(err.body.message, 'Main identity and the new one are the same.')
  })

  test('Management: an ID token is no credential', brief, async (t) => {
    const page = await s.open(t)
    const { idToken } = await login(page, seeds.ada)
    await makeManagement(page, idToken)
    const { err } = await ask(page, 'management.getUser', seeds.ada.id)
    assert.equal(err.statusCode, 401)
  })

  test('Management: a scope is missing', brief, async (t) => {
    const page = await s.open(t)
    const { accessToken } = await login(page, seeds.ada, { ...management(), scope: 'openid read:current_user' })
    await makeManagement(page, accessToken)
    const { err } = await ask(page, 'management.patchUserMetadata', seeds.ada.id, { theme: null })
    assert.equal(err.statusCode, 403)
    assert.equal(err.body.errorCode, 'insufficient_scope')
    assert.deepEqual((await s.tenant.user(seeds.ada.id)).user_metadata, { theme: 'dark', phone: '+1' })
  })

  test('Management: another user', brief, async (t) => {
    const page = await s.open(t)
    const { accessToken } = await login(page, seeds.ada, management())
    await makeManagement(page, accessToken)
    const { err } = await ask(page, 'management.getUser', seeds.charles.id)
    assert.equal(err.statusCode, 403)
    assert.equal(err.body.errorCode, 'unowned_resource')
  })
}

/** What Auth0 says cannot work then. */
function withoutCookies(s) {
  const { makeClient, open, returned, login } = actor(s)

  test('checkSession finds nobody', brief, async (t) => {
    const page = await s.open(t)
    await login(page, seeds.ada)
    await page.goto(s.app.origin)
    await makeClient(page)
    assert.equal((await ask(page, 'client.checkSession', { timeout: patience })).err.code, 'login_required')
  })

  test('login through /co/authenticate is refused', brief, async (t) => {
    const page = await open(t)
    const credentials = { realm: database, username: seeds.charles.email, password }
    await page.evaluate((c) => { window.client.login(c, () => {}) }, credentials)
    const { err } = await returned(page)
    assert.equal(err.description, 'Unable to configure verification page.')
    assert.equal((await s.tenant.user(seeds.charles.id)).logins_count, 1)
  })
}
