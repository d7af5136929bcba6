// A stage is what the tests of one client share: its application, a tenant and
// a browser. Every test has a browser profile of its own and a tenant as new.
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, beforeEach } from 'node:test'
import { chromium } from 'playwright-core'

import { startApp, startServer } from './app.js'
import { password, startTenant } from './tenant.js'

// A run that is given up takes its tenant along.
process.once('SIGTERM', () => process.exit(1))

// Nothing but loopback can be reached, and the browser does not try.
const flags = [
  '--disable-background-networking', '--disable-component-update', '--disable-quic', '--disable-sync',
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1',
]

/**
 * Starts a browser that sends cookies to the frames of other sites, as a person's
 * does outside private windows, or one that does not.
 */
async function startBrowser(thirdPartyCookies) {
  const profile = await mkdtemp(join(process.env.PEERS_FOLDER, 'profile-'))
  await mkdir(join(profile, 'Default'))
  await writeFile(join(profile, 'Default', 'Preferences'), JSON.stringify({ profile: { cookie_controls_mode: thirdPartyCookies ? 0 : 1 } }))
  const context = await chromium.launchPersistentContext(profile, { executablePath: process.env.CHROME_BIN, args: flags })
  return context.browser()
}

/**
 * Sets a stage up for the tests of the current suite: with the library on the
 * application's page, with a server as application (its handler is to be set), or
 * without a browser; with more in the tenant's file.
 */
export function stage({ library, server = false, page = 'blank', thirdPartyCookies = true, tenant = {} }) {
  const s = {}
  before(async () => {
    if (library) s.app = await startApp(library, page)
    if (server) s.app = await startServer()
    s.tenant = await startTenant(s.app?.origin, tenant)
    s.browser = s.app && await startBrowser(thirdPartyCookies)
  })
  after(async () => {
    await s.browser?.close()
    await s.tenant?.close()
    s.app?.close()
  })
  beforeEach(() => s.tenant.reset())

  /** Opens the application in a new browser profile, closed with the test t; globals are put into every window of it. */
  s.open = async (t, path = '/', globals = {}) => {
    const context = await s.browser.newContext({ ignoreHTTPSErrors: true })
    context.setDefaultTimeout(20_000)
    await context.addInitScript((globals) => Object.assign(window, globals), globals)
    t.after(() => context.close())
    const page = await context.newPage()
    await page.goto(s.app.origin + path)
    return page
  }
  return s
}

/** The options of a test: a flow that hangs fails. */
export const brief = { timeout: 60_000 }

/** Signs in on the tenant's page, by password. */
export async function signIn(page, { email }) {
  await page.fill('input[name=username]', email)
  await page.fill('input[name=password]', password)
  await page.click('button[type=submit]')
}

/** Chooses an account on the page that stands in for a social provider. */
export async function choose(page, { email }) {
  await page.click(`button[name=account][value="${email}"]`)
}

/** Does act, which opens a popup, and returns the popup. */
export async function popupOf(page, act) {
  const [popup] = await Promise.all([page.waitForEvent('popup'), act()])
  return popup
}
