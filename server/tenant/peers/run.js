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

/** Runs the files and returns how many tests failed, and of each file {client: {flow: passed}}. */
async function outcome(files) {
  const tables = new Map(files.map((file) => [file, {}]))
  const names = [] // of the suites around a test, and its own; the runner tells of one file after the other
  let current
  let failures = 0
  const begin = ({ file, name, nesting }) => {
    if (nesting === 0) current = tables.get(file)
    names[nesting] = name
  }
  const note = (passed) => ({ name, nesting, details }) => {
    if (!passed) failures++
    if (nesting === 0 || details.type === 'suite') return
    const [client, ...suites] = names.slice(0, nesting)
    const flows = (current[client] ??= {})
    flows[[...suites, name].join(': ')] = passed
  }
  // Two files at a time: each has a browser and a tenant.
  const events = run({ files, concurrency: 2, timeout: 280_000 })
    .on('test:start', begin)
    .on('test:pass', note(true))
    .on('test:fail', note(false))
  for await (const text of events.compose(spec)) process.stdout.write(text)
  return { tables: [...tables.values()], failures }
}

/** A table of the flows of one client, in all its versions. */
function markdown(clients) {
  const versions = Object.keys(clients)
  const flows = new Set(versions.flatMap((v) => Object.keys(clients[v])))
  const said = (passed) => (passed ? 'passes' : '**fails**')
  return [
    ['Flow', ...versions],
    ['---', ...versions.map(() => '---')],
    ...[...flows].map((flow) => [flow, ...versions.map((v) => said(clients[v][flow]))]),
  ].map((row) => `| ${row.join(' | ')} |`).join('\n')
}

/** README.md as it is, and as it should be. */
function readme(tables) {
  const path = join(folder, 'README.md')
  const is = readFileSync(path, 'utf8')
  const [head] = is.split('<!-- outcome -->\n')
  return { path, is, should: [`${head}<!-- outcome -->`, ...tables.map(markdown)].join('\n\n').replace('-->\n\n', '-->\n') + '\n' }
}

const parts = process.argv.slice(2).filter((arg) => arg !== '--write')
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.test.js') && (parts.length === 0 || parts.some((part) => name.includes(part))))
  .map((name) => join(folder, name))

const made = certificate()
process.env.PEERS_FOLDER = made
process.env.NODE_EXTRA_CA_CERTS = join(made, 'cert.pem')
process.env.CHROME_BIN ||= go(folder, 'run', '../../e2e/chromium/ensure')
process.on('exit', () => rmSync(made, { recursive: true }))

const { tables, failures } = await outcome(files)
if (failures > 0) process.exitCode = 1
if (parts.length === 0) {
  const { path, is, should } = readme(tables)
  if (process.argv.includes('--write')) {
    writeFileSync(path, should)
  } else if (is !== should) {
    console.error('The tables in README.md are not what ran: npm test -- --write')
    process.exitCode = 1
  }
}
