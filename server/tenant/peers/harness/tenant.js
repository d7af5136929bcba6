// The embedded tenant as Auth0's clients expect one: on https, on a site
// that is not the application's.
import { spawn } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import net from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import tls from 'node:tls'
import { fileURLToPath } from 'node:url'

const binary = fileURLToPath(new URL('../../../../bin/twinlock', import.meta.url))

export const clientID = 'twinlock-dev'
export const password = 'Analytical-Engine-1843'
export const database = 'Username-Password-Authentication'

/** A web application with a server, which keeps a secret. */
export const web = { id: 'web', secret: 'web-secret' }

/** The organization that grace is a member of. */
export const organization = { id: 'org_5d1019061906b2c3', name: 'engine-house' }

/** A one-time code of hedy's, so many steps of thirty seconds from now (RFC 6238). */
export function oneTimeCode(step = 0) {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + step))
  const mac = createHmac('sha1', '12345678901234567890').update(counter).digest()
  const at = mac[19] & 15
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

/** Programs with a secret: one that may write, and one that may only read. */
export const machine = { id: 'machine', secret: 'machine-secret' }
export const reader = { id: 'reader', secret: 'reader-secret' }

/** Users that the tenant is born with. */
export const seeds = {
  ada: { email: 'ada@example.com', id: 'auth0|5d1018150a1b2c3d4e5f6a01' },
  google: { email: 'ada.lovelace@gmail.example', id: 'google-oauth2|118151210185211271536' },
  facebook: { email: 'ada@facebook.example', id: 'facebook|10218151210185211' },
  charles: { email: 'charles@example.com', id: 'auth0|5d1017911226b2c3d4e5f6a2' },
  grace: { email: 'grace@example.com', id: 'auth0|5d1019061906b2c3d4e5f6a4' },
  hedy: { email: 'hedy@example.com', id: 'auth0|5d1019141109b2c3d4e5f6a5' },
}

/**
 * Starts a tenant for the application at the origin app, with more options in
 * its file if given. What it offers besides its addresses looks at what the
 * tenant holds, past the clients under test.
 */
export async function startTenant(app = 'http://127.0.0.1:8000', options = {}) {
  const port = await freePort()
  const front = await listenTLS(port)
  const domain = `localhost:${front.address().port}`
  const issuer = `https://${domain}/`
  const file = join(process.env.PEERS_FOLDER, `tenant-${port}.yaml`)
  await writeFile(file, configuration(app, options))
  const program = spawn(binary, ['tenant', '--tenant-addr', `127.0.0.1:${port}`, '--issuer', issuer, '--config', file], {
    stdio: ['ignore', 'pipe', process.env.PEERS_LOG ? 'inherit' : 'ignore'],
  })
  process.once('exit', () => program.kill())
  await ready(program)

  const controlURL = `http://127.0.0.1:${port}/_emulator/`
  const control = async (path, init) => {
    const answer = await fetch(controlURL + path, init)
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    return answer.status === 204 ? undefined : answer.json()
  }
  return {
    domain,
    issuer,
    audience: `${issuer}api/v2/`,
    controlURL,
    reset: () => control('reset', { method: 'POST' }),
    fail: (fault) => control('faults', { method: 'POST', body: JSON.stringify(fault) }),
    users: () => control('users'),
    /** The messages that would have been mailed. */
    outbox: () => control('outbox'),
    /** The requests for the path since the last reset. */
    requests: async (path) => (await control('requests')).filter((r) => decodeURIComponent(r.path) === path && r.method !== 'OPTIONS'),
    user: async (id) => (await control('users')).find((u) => u.user_id === id),
    async close() {
      front.close()
      program.kill('SIGTERM')
      if (program.exitCode === null) await once(program, 'exit')
    },
  }
}

/** The tenant's file. JSON is YAML. */
function configuration(app, options) {
  return JSON.stringify({
    ...options,
    clients: [
      {
        id: clientID,
        callbacks: [`${app}/callback`],
        web_origins: [app],
        logout_urls: [`${app}/`],
        grants: ['authorization_code', 'implicit', 'refresh_token'],
        cross_origin_authentication: true,
        organization_usage: 'allow',
        pkce_optional: true, // auth0-js knows none
      },
      {
        ...web,
        callbacks: [`${app}/callback`],
        logout_urls: [app, `${app}/`],
        grants: ['authorization_code', 'implicit', 'refresh_token'],
        organization_usage: 'allow',
      },
      { ...machine, grants: ['client_credentials'], scopes: ['read:users', 'update:users', 'update:users_app_metadata', 'delete:sessions', 'delete:refresh_tokens'] },
      { ...reader, grants: ['client_credentials'], scopes: ['read:users'] },
    ],
  })
}

/** Ends TLS before the tenant, byte for byte. */
async function listenTLS(port) {
  const [key, cert] = await Promise.all(['key.pem', 'cert.pem'].map((name) => readFile(join(process.env.PEERS_FOLDER, name))))
  const front = tls.createServer({ key, cert }, (outside) => {
    const inside = net.connect(port, '127.0.0.1')
    for (const socket of [outside, inside]) {
      socket.on('error', () => [outside, inside].forEach((s) => s.destroy()))
    }
    outside.pipe(inside).pipe(outside)
  })
  front.on('tlsClientError', () => {}) // a browser that gives up early
  front.listen(0, '127.0.0.1')
  await once(front, 'listening')
  return front
}

async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

async function ready(program) {
  const lines = createInterface({ input: program.stdout })
  const answered = (async () => {
    for await (const line of lines) if (line.startsWith('ready: ')) return true
    return false
  })()
  if (!(await answered)) throw new Error('the tenant ended before it was ready')
  program.stdout.resume()
}
