// Runs the tests and prints what each says. A whole run holds the tables in
// README.md against the outcome; with --write it writes them instead. Arguments
// name parts of the files to run.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'

const folder = import.meta.dirname
const go = (cwd, ...args) => execFileSync('go', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim()

/** Makes a certificate for localhost, which nobody trusts but these tests. */
function certificate() {
  const made = mkdtempSync(join(tmpdir(), 'twinlock-peers-'))
  const program = join(go(folder, 'env', 'GOROOT'), 'src/crypto/tls/generate_cert.go')
  execFileSync('go', ['run', program, '--host', 'localhost', '--ca', '--ecdsa-curve', 'P256'], { cwd: made, stdio: 'ignore' })
  return made
}

/** Whether Auth0's client for Go is here, or can be had. */
function hasGoClient() {
  try {
    go(join(folder, 'go-auth0'), 'list', '-test', '-deps', '.')
    return true
  } catch {
    return false
  }
}

/** Runs the files and returns how many tests failed, and of each package {version: {flow: passed}}. */
async function outcome(files) {
  const packages = {}
  const names = [] // of the suites around a test, and its own; the runner tells of one file after the other
  let failures = 0
  const note = (passed) => ({ name, nesting, details }) => {
    if (!passed) failures++
    if (nesting === 0 || details.type === 'suite') return
    const [client, ...suites] = names.slice(0, nesting)
    const versions = (packages[client.split(' ')[0]] ??= {})
    const flows = (versions[client] ??= {})
    flows[[...suites, name].join(': ')] = passed
  }
  // Two files at a time: each has a browser and a tenant.
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop.abort())
  const events = run({ files, concurrency: 2, timeout: 600_000, signal: stop.signal })
    .on('test:start', ({ name, nesting }) => { names[nesting] = name })
    .on('test:pass', note(true))
    .on('test:fail', note(false))
  for await (const text of events.compose(spec)) process.stdout.write(text)
  return { packages, failures }
}

/** A table of the flows of one package, in all its versions. */
function markdown(outcomes) {
  const versions = Object.keys(outcomes).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
  const flows = new Set(versions.flatMap((v) => Object.keys(outcomes[v])))
  const said = (passed) => (passed ? 'passes' : '**fails**')
  return [
    ['Flow', ...versions],
    ['---', ...versions.map(() => '---')],
    ...[...flows].map((flow) => [flow, ...versions.map((v) => said(outcomes[v][flow]))]),
  ].map((row) => `| ${row.join(' | ')} |`).join('\n')
}

/** README.md as it is, and as it should be. */
function readme(packages) {
  const path = join(folder, 'README.md')
  const is = readFileSync(path, 'utf8')
  const [head] = is.split('<!-- outcome -->\n')
  return { path, is, should: [`${head}<!-- outcome -->`, ...Object.values(packages).map(markdown)].join('\n\n').replace('-->\n\n', '-->\n') + '\n' }
}

const parts = process.argv.slice(2).filter((arg) => arg !== '--write')
let whole = parts.length === 0
let names = readdirSync(folder)
  .filter((name) => name.endsWith('.test.js') && (whole || parts.some((part) => name.includes(part))))
if (names.includes('go-auth0.test.js') && !hasGoClient()) {
  console.error('Left out: go-auth0, whose Go module cannot be had. So the tables in README.md are not checked.')
  names = names.filter((name) => name !== 'go-auth0.test.js')
  whole = false
}
const files = names.map((name) => join(folder, name))

const made = certificate()
process.env.PEERS_FOLDER = made
process.env.NODE_EXTRA_CA_CERTS = join(made, 'cert.pem')
process.env.CHROME_BIN ||= go(folder, 'run', '../../e2e/programs/ensure', 'chromium')
process.on('exit', () => rmSync(made, { recursive: true, force: true, maxRetries: 3 }))

const { packages, failures } = await outcome(files)
if (failures > 0) process.exitCode = 1
if (whole) {
  const { path, is, should } = readme(packages)
  if (process.argv.includes('--write')) {
    writeFileSync(path, should)
  } else if (is !== should) {
    console.error('The tables in README.md are not what ran: npm test -- --write')
    process.exitCode = 1
  }
}
