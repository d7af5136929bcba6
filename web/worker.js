// The service worker: it keeps the site, so that it opens at once and without a
// network. It keeps what the server sends to everybody and nothing else: no
// callback, no answer of the tenant, nothing of a person.
//
// The server puts a line before this one:
//   const site = { version, base, pages, files, config, program };
// version names the contents. pages are shown to navigations whatever their
// query, files carry a hash of their content in their names; both have the
// SHA-256 of each by its path. program is the file that the pages must refer to;
// config may change without a new version.
"use strict";

const family = `twinlock ${site.base} `;
const shelf = family + site.version;
const configShelf = family + "config";

addEventListener("install", (e) => e.waitUntil(install()));
addEventListener("activate", (e) => e.waitUntil(activate()));
addEventListener("message", (e) => {
  // The person has agreed to the new version.
  if (e.data === "take-over") skipWaiting();
});

// Small things first; the program, the last of the files, takes as long as all
// the others together. What an install that broke off has kept is not fetched again.
async function install() {
  const cache = await caches.open(shelf);
  for (const path of Object.keys(site.pages)) await keepPage(cache, path);
  await Promise.all(Object.keys(site.files).map((path) => keepFile(cache, path)));
  await fetchConfig();
}

// A page that is broken would be all that a later visit gets to see. One that is
// whole and yet another than ours has been written into by the host, as far as can
// be told: it is not kept but asked for at each visit, and nobody is held back at
// an earlier version.
async function keepPage(cache, path) {
  if (await fetched(cache, path, "no-cache") || await fetched(cache, path, "reload")) return;
  const text = await (await get(path, "no-cache")).text();
  // In the middle of a deployment the server may send another version's page,
  // which would ask for files that are not kept.
  if (!text.includes(site.program) || !text.includes("</html>")) throw new Error(`${path} is broken, or of another version`);
}

// A file of the same name has the same content, whichever version kept it, unless
// it was broken when it came.
async function keepFile(cache, path) {
  if (await right(await cache.match(path), path)) return;
  const copy = await caches.match(path);
  if (await right(copy, path)) return cache.put(path, copy);
  if (copy) skipWaiting(); // whatever is in our place gives out what is broken
  // The page has fetched the files a moment ago, or still does: the browser's
  // cache shares one download between the two.
  if (!await fetched(cache, path, "default") && !await fetched(cache, path, "reload")) throw new Error(`${path} is broken`);
}

// fetched tells whether the network, or the browser's own cache, had what is right,
// and has kept it.
async function fetched(cache, path, mode) {
  const answer = await get(path, mode).catch(() => null);
  if (!await right(answer, path)) return false;
  await cache.put(path, answer);
  return true;
}

const get = (path, mode) => fetch(path, { cache: mode, credentials: "same-origin", redirect: "error" });

// right tells whether an answer is what the server has made. A status says nothing
// of that: half a file has it, and on some hosts a page in the place of any file.
async function right(answer, path) {
  if (!answer?.ok) return false;
  const body = await answer.clone().arrayBuffer().catch(() => new ArrayBuffer(0)); // cut off
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
  return btoa(String.fromCharCode(...sum)) === (site.pages[path] ?? site.files[path]);
}

// Only now that the new shelf is complete may the old ones go; those of another
// site on this origin are not ours.
async function activate() {
  for (const name of await caches.keys()) {
    if (name.startsWith(family) && name !== shelf && name !== configShelf) await caches.delete(name);
  }
  await clients.claim();
}

addEventListener("fetch", (e) => {
  const { method, mode, url } = e.request;
  const { origin, pathname, search } = new URL(url);
  if (method !== "GET" || origin !== location.origin) return;
  if (mode === "navigate") {
    if (pathname in site.pages) e.respondWith(kept(e, pathname, keepPage));
  } else if (pathname === site.config) {
    e.respondWith(configuration(e));
  } else if (!search && pathname in site.files) {
    e.respondWith(kept(e, pathname, keepFile));
  }
});

async function kept(e, path, keep) {
  const answer = await find(shelf, path);
  if (answer) return answer;
  e.waitUntil(caches.open(shelf).then((cache) => keep(cache, path)).catch(() => {}));
  return fetch(e.request);
}

// Where a browser's store is out of order (a full disk, a damaged profile), nothing
// is found, and the network is asked.
const find = (cacheName, path) => caches.match(path, { cacheName }).catch(() => undefined);

// The configuration that is kept starts the app at once; one that has changed
// meanwhile is told to the pages and is used from the next visit on.
async function configuration(e) {
  const old = await find(configShelf, site.config);
  if (!await readable(old)) return fetchConfig();
  const before = old.clone();
  e.waitUntil(fetchConfig().then(async (fresh) => {
    if (fresh.status === 404 || fresh.status === 410) await makeWay();
    else if (await readable(fresh) && await fresh.text() !== await before.text()) await tell("config");
  }).catch(() => {})); // no network: what is kept stays
  return old;
}

async function fetchConfig() {
  let answer = await get(site.config, "no-cache");
  // The browser's own cache may hold what was broken when it came.
  if (answer.ok && !await readable(answer)) answer = await get(site.config, "reload");
  if (await readable(answer)) {
    const copy = answer.clone();
    await caches.open(configShelf).then((cache) => cache.put(site.config, copy)).catch(() => {}); // it is asked for again
  }
  return answer;
}

// A host under repair may answer everything with a page and status 200. What the
// program makes of a configuration is its own to say.
async function readable(answer) {
  try {
    const { issuer, domain, client_id } = await answer.clone().json(); // domain is short for issuer
    return answer.ok && typeof (issuer || domain) === "string" && typeof client_id === "string";
  } catch {
    return false;
  }
}

// Where this site is no longer, the next visit is for what is there instead. (The
// page that is open may register the worker again; with nothing kept it only
// passes things on.)
async function makeWay() {
  await registration.unregister();
  for (const name of await caches.keys()) if (name.startsWith(family)) await caches.delete(name);
}

async function tell(what) {
  for (const page of await clients.matchAll()) page.postMessage({ twinlock: what });
}
