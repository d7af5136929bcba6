// Runs the tests, prints what each says, and holds the table in README.md
// against the outcome. With --write it writes the table instead.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'

const folder = import.meta.dirname
const readme = join(folder, 'README.md')
const packages = JSON.parse(readFileSync(join(folder, 'package.json'))).dependencies

/** Makes a certificate for localhost, which nobody trusts but these tests. */
function certificate() {
  const made = mkdtempSync(join(tmpdir(), 'twinlock-peers-'))
  const program = join(go(folder, 'env', 'GOROOT'), 'src/crypto/tls/generate_cert.go')
  go(made, 'run', program, '--host', 'localhost', '--ca', '--ecdsa-curve', 'P256', '--duration', '24h')
  return made
}

const go = (cwd, ...args) => execFileSync('go', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim()

/** The outcomes as a table: a suite is a client, a test a flow. */
function tableOf(outcomes) {
  const rows = outcomes.map(({ client, flow, passed }) => `| ${client} | ${flow} | ${passed ? 'passes' : '**fails**'} |`)
  return ['| Client | Flow | Outcome |', '|---|---|---|', ...rows.sort()].join('\n')
}

async function main(files) {
  const made = certificate()
  process.env.PEERS_CERTIFICATE = made
  process.env.NODE_EXTRA_CA_CERTS = join(made, 'cert.pem')
  process.env.CHROME_BIN ||= go(folder, 'run', '../../e2e/chromium/ensure')

  const outcomes = []
  const events = run({ files, concurrency: 2, timeout: 240_000 })
  const suites = new Map()
  let failures = 0
  for (const passed of [true, false]) {
    events.on(passed ? 'test:pass' : 'test:fail', (test) => {
      if (!passed) failures++
      if (test.details.type === 'suite' || test.nesting === 0) return
      outcomes.push({ client: suites.get(test.file), flow: test.name, passed })
    })
  }
  events.on('test:start', (test) => test.nesting === 0 && suites.set(test.file, test.name))
  events.compose(spec).pipe(process.stdout)
  await new Promise((resolve) => events.on('end', resolve))
  rmSync(made, { recursive: true })
  return { outcomes, failures }
}

const only = process.argv.slice(2).filter((arg) => !arg.startsWith('--'))
const files = readdirSync(folder).filter((name) => name.endsWith('.test.js') && (only.length === 0 || only.some((o) => name.includes(o))))
const { outcomes, failures } = await main(files.map((name) => join(folder, name)))
if (failures > 0) process.exitCode = 1
