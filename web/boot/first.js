// The first lines: what a return visit waits for is asked for before the boot script is there.
// The page has them inline (see inline.js). Where a host has changed the page, the browser runs
// nothing inline, and the boot script does the same: later, and that is all.
import { inDatabase, scopeOf } from "lock";

const known = ["key", "entry session", "entry view"];

// begin returns promises: of the answers with the configuration and with the program, and of
// what is sealed in the vault, each with its name. There are none where something else comes
// first: on a first visit, in a frame, at the callback, and where the address says something.
export function begin(dataset) {
  const { pathname, search, hash } = location;
  const base = dataset.base + "/";
  if (!navigator.serviceWorker?.controller || top !== self || pathname !== base || search || hash) return {};
  const get = (url, cache) => fetch(url, { cache, credentials: "same-origin", referrerPolicy: "no-referrer" });
  const begun = { program: get(dataset.wasm, "default"), config: get(dataset.config, "no-cache"), sealed: readSealed(base, dataset) };
  for (const promise of Object.values(begun)) promise.catch(() => {}); // reported where it is waited for
  return begun;
}

async function readSealed(base, { issuer, clientId, audience }) {
  const names = known.map((name) => scopeOf({ base, issuer, clientId, audience }) + name);
  let asked;
  await inDatabase(base, "readonly", (vault) => (asked = names.map((name) => vault.get(name)))[0]);
  return asked.map(({ result }, i) => [names[i], result]);
}
