// The service worker: it keeps the site, so that it opens at once and without a
// network. It keeps what the server sends to everybody and nothing else: no
// callback, no answer of the tenant, nothing of a person.
//
// The server puts a line before this one:
//   const site = { version, base, pages, files, config, program };
// version names the contents. pages are shown to navigations whatever their
// query, files carry a hash of their content in their names, program is the file
// that the pages must refer to; config may change without a new version.
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
  for (const path of site.pages) await keepPage(cache, path);
  await Promise.all(site.files.map((path) => keepFile(cache, path)));
  await fetchConfig();
}

async function keepPage(cache, path) {
  const answer = await get(path);
  // In the middle of a deployment the server may send another version's page,
  // which would ask for files that are not kept.
  if (!(await answer.clone().text()).includes(site.program)) throw new Error(`${path} is of another version`);
  await cache.put(path, answer);
}

// A file of the same name has the same content, whichever version kept it.
async function keepFile(cache, path) {
  if (await cache.match(path)) return;
  await cache.put(path, await caches.match(path) ?? await get(path));
}

async function get(path) {
  // The page has fetched the files a moment ago, or still does: the browser's
  // cache shares one download between the two. All else is asked for anew.
  const cache = site.files.includes(path) ? "default" : "no-cache";
  const answer = await fetch(path, { cache, credentials: "same-origin", redirect: "error" });
  if (!answer.ok) throw new Error(`${path}: status ${answer.status}`);
  return answer;
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
    if (site.pages.includes(pathname)) e.respondWith(kept(pathname, e.request));
  } else if (pathname === site.config) {
    e.respondWith(configuration(e));
  } else if (!search && site.files.includes(pathname)) {
    e.respondWith(kept(pathname, e.request));
  }
});

async function kept(path, request) {
  const cache = await caches.open(shelf);
  return await cache.match(path) ?? fetch(request);
}

// The configuration that is kept starts the app at once; one that has changed
// meanwhile is told to the pages and is used from the next visit on.
async function configuration(e) {
  const cache = await caches.open(configShelf);
  const old = await cache.match(site.config);
  if (!old) return fetchConfig();
  const before = old.clone();
  e.waitUntil(fetchConfig().then(async (fresh) => {
    if (fresh.status === 404 || fresh.status === 410) await makeWay();
    else if (fresh.ok && await fresh.text() !== await before.text()) await tell("config");
  }).catch(() => {})); // no network: what is kept stays
  return old;
}

async function fetchConfig() {
  const answer = await fetch(site.config, { cache: "no-cache", credentials: "same-origin", redirect: "error" });
  if (answer.ok) await (await caches.open(configShelf)).put(site.config, answer.clone());
  return answer;
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
