// Runs Lighthouse, as a phone, on the page before and after signing in, and
// fails where a median of three runs is below what it should be. How fast the
// profile is on a later visit is printed only: the program starts in one piece
// then, as nothing can be done on the page before.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import lighthouse from 'lighthouse'
import puppeteer from 'puppeteer-core'

const least = 95
const categories = ['performance', 'accessibility', 'best-practices']
const root = new URL('../../../', import.meta.url).pathname

/** Starts the server and its tenant on free ports. */
async function serve() {
  const server = spawn('bin/twinlock', ['dev', '--addr', '127.0.0.1:0', '--tenant-addr', '127.0.0.1:0'],
    { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] })
  for await (const line of createInterface(server.stdout)) {
    const [, url] = /^ready: (\S+)/.exec(line) ?? []
    if (url) return { server, url }
  }
  throw new Error('bin/twinlock dev has ended')
}

async function signIn(page, url) {
  await page.goto(url)
  await page.locator('#btn-login').click()
  await page.locator('[data-connection="Username-Password-Authentication"]').click()
  await page.locator('input[name=username]').fill('ada@example.com')
  await page.locator('input[name=password]').fill('Analytical-Engine-1843')
  await page.locator('button[type=submit]').click()
  await page.locator('#btn-logout').wait()
}

/** The medians of three runs: scores, and the figures that they come from. */
async function look(page, url, keep) {
  const flags = { onlyCategories: categories, disableStorageReset: keep, logLevel: 'silent' }
  const runs = []
  for (let i = 0; i < 3; i++) runs.push((await lighthouse(url, flags, undefined, page)).lhr)
  const median = (value) => runs.map(value).sort((a, b) => a - b)[1]
  const scores = Object.fromEntries(categories.map((c) => [c, Math.round(100 * median((r) => r.categories[c].score))]))
  const figures = ['first-contentful-paint', 'largest-contentful-paint', 'total-blocking-time', 'cumulative-layout-shift']
    .map((id) => `${id} ${median((r) => r.audits[id].numericValue).toFixed(id.endsWith('shift') ? 3 : 0)}`)
  const audits = runs.flatMap((r) => categories.flatMap((c) => r.categories[c].auditRefs
    .filter(({ id, weight }) => weight > 0 && r.audits[id].score !== null && r.audits[id].score < 0.9)
    .map(({ id }) => `${id}: ${r.audits[id].title} ${r.audits[id].displayValue ?? ''}`)))
  return { scores, figures, audits: [...new Set(audits)] }
}

const { server, url } = await serve()
const chrome = execFileSync('go', ['run', './server/e2e/programs/ensure', 'chromium'], { cwd: root, encoding: 'utf8' }).trim()
const browser = await puppeteer.launch({
  executablePath: chrome,
  args: ['--disable-gpu', '--disable-dev-shm-usage', ...(process.getuid() === 0 ? ['--no-sandbox'] : [])],
})
try {
  const page = await browser.newPage()
  const looks = { 'signed out': await look(page, url, false) }
  await signIn(page, url)
  looks.profile = await look(page, url, true)
  for (const [name, { scores, figures, audits }] of Object.entries(looks)) {
    console.log(`${name}: ${categories.map((c) => `${c} ${scores[c]}`).join(', ')} (${figures.join(', ')})`)
    for (const text of audits) console.log(`  ${text}`)
    const held = name === 'profile' ? categories.filter((c) => c !== 'performance') : categories
    if (held.some((c) => scores[c] < least)) process.exitCode = 1
  }
} finally {
  await browser.close()
  server.kill()
  await once(server, 'exit')
}
