// Auth0's Go client, in a module of its own: go-auth0/ has the flows, and each of its tests is one here.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'

import { startTenant } from './harness/tenant.js'

const folder = join(import.meta.dirname, 'go-auth0')
const [, version] = /go-auth0\/v2 v(\S+)/.exec(readFileSync(join(folder, 'go.mod'), 'utf8'))

test(`go-auth0 ${version}`, { timeout: 600_000 }, async (t) => {
  const tenant = await startTenant()
  t.after(() => tenant.close())
  const go = spawn('go', ['test', '-json', '-count=1', '.'], {
    cwd: folder,
    env: { ...process.env, PEERS_DOMAIN: tenant.domain, PEERS_CONTROL: tenant.controlURL },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  process.once('exit', () => go.kill())
  const ended = once(go, 'exit')

  const output = {} // of each test, and of the others together
  let failed = false
  for await (const line of createInterface({ input: go.stdout })) {
    const { Action: action, Test: name = '', Output: text = '' } = JSON.parse(line)
    output[name] = (output[name] ?? '') + text
    if (!name.includes('/') || !['pass', 'fail', 'skip'].includes(action)) continue
    failed ||= action !== 'pass'
    await t.test(flow(name), () => {
      if (action !== 'pass') throw new Error(output[name])
    })
  }
  const [code] = await ended
  if (code !== 0 && !failed) throw new Error(output[''])
})

/** The flow of a test: TestManagement/link:_by_id is "management: link: by id". */
function flow(name) {
  const [group, ...rest] = name.replace(/^Test/, '').replaceAll('_', ' ').split('/')
  return [group.toLowerCase(), ...rest].join(': ')
}
