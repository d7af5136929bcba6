// The service worker: it caches the site, so that it opens at once and without a
// network. It caches only what the server sends to everybody: no callback, no answer
// of the tenant, nothing about a person.
//
// The server puts a line before this one:
//   const site = { version, base, pages, files, catalogues, catalogue, config, program };
// version is a hash of the rest. catalogues have the words, a file a language, and catalogue is
// that of the site's first one; of the others the worker keeps the one in use. pages are shown to navigations, whatever their query;
// files have a hash of their content in their names; both have the SHA-256 of each by
// its path. program is the file that the pages must refer to; config may change without
// a new version.
"use strict";

const prefix = `twinlock ${site.base} `;
const siteCache = prefix + site.version;
const configCache = prefix + "config";

addEventListener("install", (e) => e.waitUntil(install().then(() => addRoutes(e))));
addEventListener("activate", (e) => e.waitUntil(activate()));
addEventListener("message", (e) => {
  // The person has agreed to the new version.
  if (e.data === "take-over") skipWaiting();
  if (e.data?.keep in site.catalogues) e.waitUntil(keepCatalogue(e.data.keep).catch(() => {}));
});

// The pages come first: the files, with the program, take much longer. What an earlier
// install has cached before it broke off is not fetched again.
async function install() {
  const cache = await caches.open(siteCache);
  for (const path of Object.keys(site.pages)) await cachePage(cache, path);
  const files = [...Object.keys(site.files), site.catalogue, ...await catalogueInUse()];
  await Promise.all(files.map((path) => cacheFile(cache, path)));
  await fetchConfig();
}

// addRoutes has the browser answer by itself with what is cached, without starting this worker
// first. A callback has a query, which no cache knows.
async function addRoutes(e) {
  try {
    const paths = (await (await caches.open(siteCache)).keys()).map(({ url }) => new URL(url).pathname);
    await e.addRoutes(paths.map((pathname) => ({
      condition: { urlPattern: new URLPattern({ pathname, search: "", baseURL: location.origin }), requestMethod: "GET" },
      source: { cacheName: siteCache },
    })));
  } catch {} // too many, or this browser has none: then it asks this worker
}

// The version before has cached the catalogue in use under another name, with the same language
// before the hash.
async function catalogueInUse() {
  const language = (path) => path.replace(/\.[^/]*$/, "");
  const cached = [];
  for (const name of await caches.keys()) {
    if (name.startsWith(prefix)) cached.push(...await (await caches.open(name)).keys());
  }
  const known = new Set(cached.map(({ url }) => language(new URL(url).pathname)));
  return Object.keys(site.catalogues).filter((path) => path !== site.catalogue && known.has(language(path)));
}

async function keepCatalogue(path) {
  if (removed) return;
  const cache = await caches.open(siteCache);
  await cacheFile(cache, path);
  const others = Object.keys(site.catalogues).filter((other) => other !== path && other !== site.catalogue);
  for (const other of others) await cache.delete(other);
}

// A broken page is never cached: later visits would see nothing else. A page that is
// complete but not the server's own has probably been changed by the host. It is not
// cached either, but fetched at each visit; the install goes on, so that nobody stays
// with an earlier version.
async function cachePage(cache, path) {
  if (await fetchInto(cache, path, "no-cache") || await fetchInto(cache, path, "reload")) return;
  // Some hosts lead from the page to a folder of its name: its file has the same content.
  if (await fetchInto(cache, path, "no-cache", path + ".html")) return;
  const text = await (await get(path, "no-cache")).text();
  // During a deployment the server may send another version's page, which refers to
  // files that are not cached.
  if (!text.includes(site.program) || !text.includes("</html>")) {
    throw new Error(`${path} is broken, or of another version`);
  }
}

// A file of the same name has the same content, whichever version has cached it, unless
// it was broken when it arrived.
async function cacheFile(cache, path) {
  if (await intact(await cache.match(path), path)) return;
  const copy = await caches.match(path);
  if (await intact(copy, path)) return cache.put(path, copy);
  if (copy) skipWaiting(); // the active worker answers with the broken one
  // The page has fetched the files a moment ago, or is fetching them: the browser's
  // cache shares one download between the two.
  if (await fetchInto(cache, path, "default") || await fetchInto(cache, path, "reload")) return;
  throw new Error(`${path} is broken`);
}

// fetchInto caches what the network, or the browser's own cache, has, and resolves to
// whether that was intact.
async function fetchInto(cache, path, mode, from = path) {
  const answer = await get(from, mode).catch(() => null);
  if (!await intact(answer, path)) return false;
  await cache.put(path, answer);
  return true;
}

const get = (path, mode) => fetch(path, { cache: mode, credentials: "same-origin", redirect: "error" });

// intact resolves to whether an answer is what the server has made. Its status does not
// tell: half a file has status 200 too, and so has the page that some hosts send for
// files that are missing.
async function intact(answer, path) {
  if (!answer?.ok) return false;
  const body = await answer.clone().arrayBuffer().catch(() => new ArrayBuffer(0)); // cut off
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
  return btoa(String.fromCharCode(...sum)) === (site.pages[path] ?? site.files[path] ?? site.catalogues[path]);
}

// The new cache is complete: the old ones of this site are deleted.
async function activate() {
  for (const name of await caches.keys()) {
    if (name.startsWith(prefix) && name !== siteCache && name !== configCache) await caches.delete(name);
  }
  await clients.claim();
}

addEventListener("fetch", (e) => {
  const { method, mode, url } = e.request;
  const { origin, pathname, search } = new URL(url);
  if (method !== "GET" || origin !== location.origin) return;
  if (mode === "navigate") {
    if (pathname in site.pages) e.respondWith(cached(e, pathname, cachePage));
  } else if (pathname === site.config) {
    e.respondWith(configuration(e));
  } else if (!search && (pathname in site.files || pathname in site.catalogues)) {
    e.respondWith(cached(e, pathname, cacheFile));
  }
});

// cached answers from the cache; what is not there is fetched and cached.
async function cached(e, path, add) {
  const answer = await find(siteCache, path);
  if (answer) return answer;
  if (!removed) e.waitUntil(caches.open(siteCache).then((cache) => add(cache, path)).catch(() => {}));
  return fetch(e.request);
}

// Where the browser's storage fails (a full disk, a damaged profile), nothing is found,
// and the network is used.
const find = (cacheName, path) => caches.match(path, { cacheName }).catch(() => undefined);

// The cached configuration starts the app at once. A changed one is reported to the
// pages and used from the next visit on.
async function configuration(e) {
  const old = await find(configCache, site.config);
  if (!await readable(old)) return fetchConfig();
  const before = old.clone();
  e.waitUntil(fetchConfig().then(async (fresh) => {
    if (fresh.status === 404 || fresh.status === 410) await removeSite();
    else if (await readable(fresh) && await fresh.text() !== await before.text()) await tell("config");
  }).catch(() => {})); // no network: the cached one stays
  return old;
}

async function fetchConfig() {
  let answer = await get(site.config, "no-cache");
  // The browser's own cache may have stored a broken one.
  if (answer.ok && !await readable(answer)) answer = await get(site.config, "reload");
  if (await readable(answer)) {
    const copy = answer.clone();
    const stored = caches.open(configCache).then((cache) => cache.put(site.config, copy));
    await stored.catch(() => {}); // it is fetched again next time
  }
  return answer;
}

// A host under maintenance may answer everything with a page and status 200. Whether a
// configuration is valid is for the program to say.
async function readable(answer) {
  try {
    const { issuer, domain, client_id } = await answer.clone().json(); // domain is short for issuer
    return answer.ok && typeof (issuer || domain) === "string" && typeof client_id === "string";
  } catch {
    return false;
  }
}

// removeSite is for a site that is no longer here: the next visit sees what has taken its
// place. (An open page may register the worker again. With nothing cached it only passes
// requests on.) That page may ask for more files in the meantime: they make no new cache.
let removed = false;

async function removeSite() {
  removed = true;
  await registration.unregister();
  for (const name of await caches.keys()) if (name.startsWith(prefix)) await caches.delete(name);
}

async function tell(what) {
  for (const page of await clients.matchAll()) page.postMessage({ twinlock: what });
}
