// A stage is what the tests of one client share: its application, a tenant and
// a browser. Every test has a browser profile of its own and a tenant as new.
import { after, before, beforeEach, test } from 'node:test'
import { chromium } from 'playwright-core'

import { startApp } from './app.js'
import { password, startTenant } from './tenant.js'

// A run that is given up takes its tenant along.
process.once('SIGTERM', () => process.exit(1))

// Nothing but loopback can be reached, and the browser does not try.
const flags = [
  '--disable-background-networking', '--disable-component-update', '--disable-quic', '--disable-sync',
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1',
]

/** Sets a stage up for the tests of the current suite: without a browser if there is no library. */
export function stage(library, pageName) {
  const s = {}
  before(async () => {
    s.app = library && await startApp(library, pageName)
    s.tenant = await startTenant(s.app?.origin)
    s.browser = library && await chromium.launch({ executablePath: process.env.CHROME_BIN, args: flags })
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
    context.setDefaultTimeout(15_000)
    await context.addInitScript((globals) => Object.assign(window, globals), globals)
    t.after(() => context.close())
    const page = await context.newPage()
    await page.goto(s.app.origin + path)
    return page
  }
  return s
}

/** A test of one flow, which must not take long. */
export const flow = (name, act) => test(name, { timeout: 30_000 }, act)

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
