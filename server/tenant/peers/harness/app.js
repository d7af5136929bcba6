// The application's origin: the same page at every path, with one of
// Auth0's libraries in it, or a server.
import { build } from 'esbuild'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import http from 'node:http'
import { fileURLToPath } from 'node:url'

const packages = new URL('../node_modules/', import.meta.url)
const pages = new URL('../pages/', import.meta.url)

/** The libraries as they are published: built by Auth0, except Lock, whose package has only modules. */
const libraries = {
  'auth0-js': () => published('auth0-js/dist/auth0.min.js'),
  'auth0-js-10': () => published('auth0-js-10/dist/auth0.min.js'),
  'auth0-spa-js': () => published('@auth0/auth0-spa-js/dist/auth0-spa-js.production.js'),
  'auth0-lock': () => bundled('auth0-lock', 'Auth0Lock'),
}

/** The version of a package that is installed. */
export const version = (name) => JSON.parse(readFileSync(new URL(`${name}/package.json`, packages))).version

const published = (path) => readFile(new URL(path, packages))

async function bundled(name, global) {
  const { outputFiles } = await build({
    stdin: { contents: `window.${global} = require('${name}').${global}`, resolveDir: fileURLToPath(packages) },
    bundle: true,
    mainFields: ['browser', 'module', 'main'], // the default, but also where a package is required
    minify: true,
    write: false,
    define: { 'process.env.NODE_ENV': '"production"', global: 'window' },
    logLevel: 'error',
  })
  return outputFiles[0].contents
}

/** Serves the page pages/NAME.html with the library at a loopback origin. */
export async function startApp(library, name) {
  const files = {
    '/library.js': ['text/javascript', await libraries[library]()],
    '/page.js': ['text/javascript', await readFile(new URL(`${name}.js`, pages)).catch(() => '')],
  }
  const page = ['text/html; charset=utf-8', await readFile(new URL(`${name}.html`, pages))]
  return listen((request, response) => {
    const [type, body] = files[new URL(request.url, 'http://app').pathname] ?? page
    response.writeHead(200, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(body)
  })
}

/** Serves at a loopback origin what its handler is set to: the server of an application. */
export async function startServer() {
  const app = { handler: (_, response) => response.writeHead(404).end() }
  return Object.assign(app, await listen((request, response) => app.handler(request, response)))
}

async function listen(handler) {
  const server = http.createServer(handler).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
