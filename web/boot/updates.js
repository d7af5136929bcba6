// The service worker. It goes on fetching the program while the person is at the tenant.
// Without one everything works, except without a network.
import { base, dataset } from "./page.js";
import { catalogueInUse } from "./language.js";
import { trusted } from "./trust.js";

let registration = null;
let registering = false;

// registerWorker is called when the program is ready, or when somebody does not wait for
// that: the worker would compete with the program for the network and the processor.
export async function registerWorker() {
  if (!navigator.serviceWorker || registering) return;
  registering = true;
  try {
    registration = await navigator.serviceWorker.register(trusted(dataset.worker), { scope: base, updateViaCache: "none" });
  } catch {
    return; // site data is blocked
  }
  offerUpdate();
  keepCatalogue();
  registration.addEventListener("updatefound", () => {
    registration.installing.addEventListener("statechange", offerUpdate);
  });
  lookForUpdates();
}

// keepCatalogue has the worker keep the catalogue in use, which was fetched before there was one.
async function keepCatalogue() {
  const { active } = await navigator.serviceWorker.ready;
  active.postMessage({ keep: catalogueInUse() });
}

// hearWorker is called at once: a worker that is there already may report a changed
// configuration before the program is ready.
export function hearWorker() {
  navigator.serviceWorker?.addEventListener("message", (e) => {
    if (e.data?.twinlock === "config") window.goappOnUpdate();
  });
}

// The first worker waits too, for a moment; only WebKit shows it to a page.
function offerUpdate() {
  if (registration.waiting && registration.active) window.goappOnUpdate();
}

// The browser looks for a new version when a page is opened, but an installed app may
// stay open for days.
function lookForUpdates() {
  let last = Date.now();
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible" || Date.now() - last < 3600000) return;
    last = Date.now();
    registration.update().catch(() => {}); // no network: next time
  });
}

// update is called by the program, when the person wants the new version.
export async function update() {
  if (registration?.waiting) await activate(registration.waiting);
  location.reload();
}

function activate(waiting) {
  return new Promise((resolve) => {
    navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true });
    waiting.postMessage("take-over");
  });
}

// hasWorker reports whether the page came through this site's worker, and not through
// that of a site whose folder contains this one.
export const hasWorker = () =>
  navigator.serviceWorker?.controller?.scriptURL === new URL(dataset.worker, location.href).href;

// removeWorker removes the worker and what it has stored, or activates a newer one.
export async function removeWorker() {
  // Without a network nothing could replace what is stored.
  const answer = await fetch(dataset.worker, { cache: "reload" });
  if (!answer.ok) throw new Error(`worker: status ${answer.status}`);
  const scope = new URL(base, location.href).href;
  const found = (await navigator.serviceWorker.getRegistrations()).find((r) => r.scope === scope);
  // A waiting worker has checked its files, and deletes those of the others.
  if (found?.waiting) return activate(found.waiting);
  await found?.unregister();
  for (const name of await caches.keys()) if (name.startsWith(`twinlock ${base} `)) await caches.delete(name);
}
