// The program: it is compiled, started, and repaired once when it does not start.
import { after, base, begun, dataset, firstVisit, isCallback, root, scripts } from "./page.js";
import { mayWait } from "./storage.js";
import { popCallback, reloadWith } from "./callback.js";
import { isOfAnotherTenant } from "./configuration.js";
import { departure } from "./early.js";
import { hasWorker, removeWorker } from "./updates.js";
import { exec, trusted } from "./trust.js";

// load compiles the program. On a first visit a worker does, and compiles what the start calls,
// too: the page can be used meanwhile. Somebody who comes back, also from the tenant, waits for
// the program, and would wait longer.
export function load() {
  const waits = !firstVisit() || isCallback || typeof Worker !== "function";
  const loading = waits ? compile(begun.program) : compileAhead().catch(() => compile());
  loading.catch(() => {}); // reported where it is waited for
  return loading;
}

// A ProgramError says what the host has sent in place of the program.
export class ProgramError extends Error {
  constructor(what, value) {
    super(`instead of the program: ${what} ${value}`);
    Object.assign(this, { what, value });
  }
}

async function compile(asked = fetch(dataset.wasm)) {
  const answer = await asked;
  if (!answer.ok) throw new ProgramError("status", answer.status);
  const type = answer.headers.get("Content-Type");
  // An engine may cache the compiled code, but only for the original response, and only
  // for this type.
  if (/^application\/wasm$/i.test(type)) return WebAssembly.compileStreaming(answer);
  const body = await answer.arrayBuffer();
  if (!isProgram(body)) throw new ProgramError("type", `Content-Type: ${type ?? "–"}`);
  return WebAssembly.compile(body);
}

// isProgram looks at how every WebAssembly module begins: a zero and "asm".
const isProgram = (body) => String.fromCharCode(...new Uint8Array(body.slice(0, 4))) === "\0asm";

// See touch.js. Where the worker does not give the module, the page does the work itself.
function compileAhead() {
  return new Promise((resolve, reject) => {
    const worker = new Worker(trusted(dataset.touch));
    let module = null;
    let timer = setTimeout(end, 5000); // a file that is missing says nothing
    function end() {
      clearTimeout(timer);
      worker.terminate();
      if (module) resolve(module);
      else reject();
    }
    worker.onerror = end;
    worker.onmessage = ({ data }) => {
      clearTimeout(timer);
      if (data === "here") return;
      if (!(data instanceof WebAssembly.Module)) return end();
      module = data;
      timer = setTimeout(end, 3000);
    };
    worker.postMessage(new URL(dataset.wasm, location.href).href);
  });
}

const soon = (value) => after(0, value);

// run starts the program and resolves when it has ended.
export async function run(loading) {
  const [module] = await Promise.all([loading, scripts, window.twinlockCatalogue]);
  const go = new Go();
  go.env = { GOGC: "50" }; // memory is never given back: rather collect more often
  const instance = await WebAssembly.instantiate(module, go.importObject);
  await departure;
  if (mayWait()) {
    // A start in pieces, so that the page can react between them.
    await soon();
    window.twinlockConfiguration = window.twinlockConfiguration.then(soon);
  }
  window.twinlockConfiguration = window.twinlockConfiguration.then(ofThisPage);
  await go.run(instance);
  if (!root.dataset.ready) throw new Error("the program has ended at its start");
}

// ofThisPage resolves to the text of a configuration that it gets. But where the site has
// moved to another tenant, and the worker still has the page of before, the page is loaded
// afresh. A program that gets the configuration of another tenant all the same refuses it.
async function ofThisPage(text) {
  try {
    if (hasWorker() && isOfAnotherTenant(text)) await loadWithoutWorker();
  } catch {} // no configuration, or no network
  return text;
}

async function loadWithoutWorker() {
  await removeWorker();
  return reloadWith(popCallback());
}

// repair starts the program without what this browser has stored, which may come from a
// broken deployment and would fail each time. Where this site's worker is, that is without
// the worker, on a page that is loaded afresh; elsewhere without the browser's cache.
export async function repair(err) {
  await departure; // Firefox fails what a page that is left was fetching
  console.error(err);
  if (hasWorker()) return loadWithoutWorker();
  await window.twinlockCatalogue; // nothing can be said without it
  const again = (url) => fetch(url, { cache: "reload" });
  await again(base); // for the next visit
  if (!window.Go) {
    await again(exec);
    await new Promise((resolve) => {
      const script = document.createElement("script");
      script.src = trusted(exec);
      script.onload = script.onerror = resolve;
      document.head.append(script);
    });
  }
  await run(compile(again(dataset.wasm)));
}
