import assert from 'node:assert/strict'
import { suite, test } from 'node:test'

import { version } from './harness/app.js'
import { brief, choose, popupOf, stage } from './harness/stage.js'
import { clientID, password, seeds } from './harness/tenant.js'

/** The Lock that is shown. */
const shown = (page) => page.locator('.auth0-lock.auth0-lock-opened')

async function fillIn(page, { email }) {
  await shown(page).locator('input[name=username], input[name=email]').fill(email)
  await shown(page).locator('input[name=password]').fill(password)
  await shown(page).locator('button[type=submit]').click()
}

const social = (page, provider) => shown(page).locator(`[data-provider="${provider}"]`)

/** Leaves the screen that offers the last account again, which Lock shows if it knows of one. */
async function anotherAccount(page) {
  const another = shown(page).getByText('Not your account?')
  await another.or(shown(page).locator('input[name=password]')).waitFor()
  if (await another.isVisible()) await another.click()
}

suite(`auth0-lock ${version('auth0-lock')}`, () => {
  suite('the tutorial\'s program', () => {
    const s = stage({ library: 'auth0-lock', page: 'tutorial' })
    const statuses = async (path) => (await s.tenant.requests(path)).map((r) => r.status)

    const open = (t, settings) =>
      s.open(t, '/callback', { settings: { clientID, domain: s.tenant.domain, redirect: true, ...settings } })

    async function signedIn(page) {
      await page.locator('#logged').waitFor()
      assert.equal(await page.textContent('#problem'), '')
    }

    const list = (page) => page.locator('#linked-accounts-list li')

    test('client settings script', brief, async (t) => {
      const page = await open(t)
      await page.click('#btn-login')
      await social(page, 'google-oauth2').waitFor()
      await social(page, 'facebook').waitFor()
      await shown(page).locator('input[name=password]').waitFor()
      assert.deepEqual(await statuses(`/client/${clientID}.js`), [200, 200]) // each Lock's
    })

    test('the second Lock asks for a challenge', brief, async (t) => {
      const page = await open(t)
      await page.waitForLoadState('networkidle')
      assert.deepEqual(await statuses('/usernamepassword/challenge'), [200])
    })

    test('wrong password', brief, async (t) => {
      const page = await open(t)
      await page.click('#btn-login')
      await shown(page).locator('input[name=username], input[name=email]').fill(seeds.ada.email)
      await shown(page).locator('input[name=password]').fill('guessed')
      await shown(page).locator('button[type=submit]').click()
      await shown(page).getByText('Wrong email or password.').waitFor()
      assert.deepEqual(await statuses('/co/authenticate'), [403])
    })

    test('redirect: database, link a social account, unlink it', brief, async (t) => {
      const page = await open(t)
      await page.click('#btn-login')
      await fillIn(page, seeds.ada)
      await signedIn(page)
      assert.equal(await list(page).count(), 0)

      await page.click('#btn-link-account')
      await anotherAccount(page)
      assert.equal(await shown(page).locator('.auth0-lock-name').textContent(), 'Link with:')
      await social(page, 'google-oauth2').click()
      await choose(page, seeds.google)
      await list(page).first().waitFor()
      assert.match(await list(page).first().textContent(), /google-oauth2 Ada Lovelace/)
      assert.equal((await s.tenant.user(seeds.ada.id)).identities.length, 2)
      assert.equal(await s.tenant.user(seeds.google.id), undefined)

      await page.click('.unlink-account')
      await list(page).first().waitFor({ state: 'detached' })
      assert.equal((await s.tenant.user(seeds.ada.id)).identities.length, 1)
      assert.equal((await s.tenant.user(seeds.google.id)).user_metadata, undefined)
    })

    test('redirect: social, link a database account', brief, async (t) => {
      const page = await open(t)
      await page.click('#btn-login')
      await social(page, 'facebook').click()
      await choose(page, seeds.facebook)
      await signedIn(page)

      await page.click('#btn-link-account')
      await anotherAccount(page)
      await fillIn(page, seeds.charles)
      await list(page).first().waitFor()
      assert.deepEqual((await s.tenant.user(seeds.facebook.id)).identities.map((i) => i.provider), ['facebook', 'auth0'])
      assert.equal(await s.tenant.user(seeds.charles.id), undefined)
    })

    test('popup: database, link a social account, unlink it', brief, async (t) => {
      const page = await open(t, { redirect: false })
      await page.click('#btn-login')
      await fillIn(page, seeds.ada)
      await signedIn(page)

      await page.click('#btn-link-account')
      await anotherAccount(page)
      const popup = await popupOf(page, () => social(page, 'google-oauth2').click())
      await choose(popup, seeds.google)
      await list(page).first().waitFor()
      assert.equal((await s.tenant.user(seeds.ada.id)).identities.length, 2)

      await page.click('.unlink-account')
      await list(page).first().waitFor({ state: 'detached' })
      assert.equal((await s.tenant.user(seeds.ada.id)).identities.length, 1)
      assert.ok(await s.tenant.user(seeds.google.id))
    })

    test('popup: social, link a database account', brief, async (t) => {
      const page = await open(t, { redirect: false })
      await page.click('#btn-login')
      const popup = await popupOf(page, () => social(page, 'facebook').click())
      await choose(popup, seeds.facebook)
      await signedIn(page)

      await page.click('#btn-link-account')
      await anotherAccount(page)
      await fillIn(page, seeds.charles)
      await list(page).first().waitFor()
      assert.equal((await s.tenant.user(seeds.facebook.id)).identities.length, 2)
    })

    test('a reload finds the linked account', brief, async (t) => {
      const page = await open(t)
      await page.click('#btn-login')
      await fillIn(page, seeds.ada)
      await signedIn(page)
      await page.click('#btn-link-account')
      await anotherAccount(page)
      await social(page, 'facebook').click()
      await choose(page, seeds.facebook)
      await list(page).first().waitFor()
      await page.reload()
      await list(page).first().waitFor()
      assert.equal((await s.tenant.user(seeds.ada.id)).identities.length, 2)
    })

    test('logout', brief, async (t) => {
      const page = await open(t)
      await page.click('#btn-login')
      await fillIn(page, seeds.ada)
      await signedIn(page)
      await page.click('#btn-logout')
      await page.waitForURL(`${s.app.origin}/`)
      assert.deepEqual(await statuses('/v2/logout'), [302])
    })
  })

  suite('more of Lock', () => {
    const s = stage({ library: 'auth0-lock' })
    const statuses = async (path) => (await s.tenant.requests(path)).map((r) => r.status)

    const show = async (t, options) => showIn(await s.open(t), options)

    /** Opens the page anew, with a Lock that is shown. */
    async function showIn(page, options = {}) {
      await page.goto(`${s.app.origin}/callback`)
      await page.evaluate(
        ([id, domain, options]) => {
          window.lock = new window.Auth0Lock(id, domain, options)
          window.lock.show()
        },
        [clientID, s.tenant.domain, { auth: { responseType: 'token id_token' }, ...options }],
      )
      await shown(page).waitFor()
      return page
    }

    async function signUp(page, email) {
      await shown(page).locator('input[name=email]').fill(email)
      await shown(page).locator('input[name=password]').fill('Nanoseconds-11.8-inches')
      await shown(page).locator('button[type=submit]').click()
    }

    test('sign up', brief, async (t) => {
      // With autofocus Lock falls over its own confirmation: it looks for a field in what is no element.
      const page = await show(t, { autofocus: false, initialScreen: 'signUp', loginAfterSignUp: false })
      await signUp(page, 'joan@example.com')
      await shown(page).getByText('Thanks for signing up.').waitFor()
      assert.deepEqual(await statuses('/dbconnections/signup'), [200])
      assert.ok((await s.tenant.users()).some((u) => u.email === 'joan@example.com'))
    })

    test('sign up: the user exists', brief, async (t) => {
      const page = await show(t, { initialScreen: 'signUp' })
      await signUp(page, seeds.ada.email)
      await shown(page).locator('.auth0-global-message-error').waitFor()
      assert.deepEqual(await statuses('/dbconnections/signup'), [400])
    })

    test('forgotten password', brief, async (t) => {
      const page = await show(t, { initialScreen: 'forgotPassword' })
      await shown(page).locator('input[name=email]').fill(seeds.ada.email)
      await shown(page).locator('button[type=submit]').click()
      await shown(page).locator('.auth0-global-message-success, .auth0-lock-confirmation').first().waitFor()
      assert.deepEqual(await statuses('/dbconnections/change_password'), [200])
    })

    test('the last account is offered again', brief, async (t) => {
      const page = await show(t)
      await fillIn(page, seeds.ada)
      await page.waitForURL('**/callback#*')
      await page.evaluate(
        ([id, domain]) => new Promise((resolve) => {
          new window.Auth0Lock(id, domain, { auth: { responseType: 'token id_token' } }).on('authenticated', resolve)
        }),
        [clientID, s.tenant.domain],
      )
      // At the next visit: the Lock of this one may have asked for the session before it has read the answer.
      await showIn(page)
      await shown(page).getByText('Last time you logged in with').waitFor()
      await shown(page).getByText(seeds.ada.email).waitFor()
    })
  })

  suite('Lock as the tenant\'s own page', () => {
    const s = stage({ library: 'auth0-lock' })

    /** Puts Lock where the tenant's page is, as an owner who customizes it does. */
    async function hosted(t) {
      const page = await s.open(t)
      await page.route((url) => url.href.startsWith(`${s.tenant.issuer}u/login?`), (route) =>
        route.fulfill({ contentType: 'text/html', body: '<!doctype html><meta charset="utf-8"><script src="/library.js"></script>' }))
      await page.route(`${s.tenant.issuer}library.js`, async (route) =>
        route.fulfill({ contentType: 'text/javascript', body: await (await fetch(`${s.app.origin}/library.js`)).text() }))
      // Routes do not see where a redirect leads: it is followed by hand.
      const answer = await page.request.get(`${s.tenant.issuer}authorize`, {
        maxRedirects: 0,
        params: { client_id: clientID, redirect_uri: `${s.app.origin}/callback`, response_type: 'token id_token', scope: 'openid email', nonce: 'n', state: 'application' },
      })
      await page.goto(new URL(answer.headers().location, s.tenant.issuer).href)
      await page.evaluate(
        ([id, domain, callback]) => {
          const state = new URLSearchParams(location.search).get('state')
          const params = { state, scope: 'openid email', nonce: 'n' }
          window.lock = new window.Auth0Lock(id, domain, {
            auth: { redirectUrl: callback, responseType: 'token id_token', params },
            overrides: { __tenant: 'localhost' },
          })
          window.lock.show()
        },
        [clientID, s.tenant.domain, `${s.app.origin}/callback`],
      )
      await shown(page).waitFor()
      return page
    }

    test('database, through /usernamepassword/login', brief, async (t) => {
      const page = await hosted(t)
      await fillIn(page, seeds.ada)
      await page.waitForURL('**/callback#*')
      const answer = new URLSearchParams(new URL(page.url()).hash.slice(1))
      assert.equal(answer.get('state'), 'application')
      assert.equal(JSON.parse(Buffer.from(answer.get('id_token').split('.')[1], 'base64url')).sub, seeds.ada.id)
      assert.equal((await s.tenant.requests('/usernamepassword/login')).length, 1)
      assert.equal((await s.tenant.requests('/login/callback')).length, 1)
      assert.ok((await s.tenant.requests('/user/ssodata')).every((r) => r.status === 200))
    })

    test('wrong password', brief, async (t) => {
      const page = await hosted(t)
      await shown(page).locator('input[name=username], input[name=email]').fill(seeds.ada.email)
      await shown(page).locator('input[name=password]').fill('guessed')
      await shown(page).locator('button[type=submit]').click()
      await shown(page).getByText('Wrong email or password.').waitFor()
    })
  })
})
