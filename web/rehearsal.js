// The rehearsal: in a worker, on a first visit, this fetches and compiles the
// program and runs its start once, with nothing around it, while the page stays
// free for whoever uses it.
//
// A browser compiles a function when it is first called, and the program's start
// calls some 1,400: on a phone, most of a second in which a page hears nothing.
// What has been compiled belongs to the module, and the page is given the module.
//
// With nothing around it: of what a worker has, the program finds the language,
// the clock and random numbers, and nothing that it could change, keep, ask or
// tell. What a page has besides is imitated, as far as the start looks at it.
"use strict";
(() => {
  // The page names this file as a script, to have it at hand when the worker asks.
  if (self.document) return;

  const scope = self;
  const { postMessage } = scope;
  postMessage({ here: true });
  const params = new URLSearchParams(location.hash.slice(1));
  const compiling = WebAssembly.compileStreaming(fetch(params.get("wasm"), { credentials: "same-origin" }));
  compiling.catch(() => {}); // told when it is waited for
  importScripts(params.get("exec"));

  onmessage = async ({ data }) => {
    try {
      const module = await compiling;
      postMessage({ module });
      empty();
      furnish(data);
      const go = new Go();
      go.env = data.env;
      await go.run(await WebAssembly.instantiate(module, go.importObject));
    } catch {} // the page finds out by itself what there is to tell
    postMessage({});
  };

  const language = [
    "Array", "ArrayBuffer", "BigInt", "Boolean", "DataView", "Date", "Error", "Function", "Infinity", "Int8Array", "JSON", "Map", "Math", "NaN",
    "Number", "Object", "Promise", "Proxy", "RangeError", "Reflect", "Set", "String", "Symbol", "SyntaxError", "TypeError", "URIError",
    "Uint8Array", "WeakRef", "FinalizationRegistry", "WebAssembly", "globalThis", "isFinite", "isNaN", "parseFloat",
    "parseInt", "undefined",
  ];
  const world = ["Go", "fs", "process", "path", "performance", "crypto", "TextEncoder", "TextDecoder", "URLSearchParams", "setTimeout", "clearTimeout",
    "queueMicrotask"];

  // nothing is whatever is asked for, and does nothing.
  const nothing = new Proxy(function () {}, {
    get: (_, name) => name === "length" ? 0 : name === "then" ? undefined : name === Symbol.toPrimitive ? () => "" : nothing,
    set: () => true,
    apply: () => nothing,
    construct: () => nothing,
  });

  // What is not named above is taken away: a browser's next invention, too.
  function empty() {
    const kept = new Set([...language, ...world]);
    for (let owner = scope; owner && owner !== Object.prototype; owner = Object.getPrototypeOf(owner)) {
      for (const name of Object.getOwnPropertyNames(owner)) if (!kept.has(name)) put(name, undefined);
    }
  }

  function put(name, value) {
    try {
      Object.defineProperty(scope, name, { value, writable: true, configurable: true });
    } catch {}
  }

  // furnish puts there what a page has on a first visit.
  function furnish({ config, env, page }) {
    const storage = { length: 0, getItem: () => null, setItem() {}, removeItem() {}, key: () => null };
    const answer = (result) => ({ result, set onsuccess(done) { setTimeout(done); } });
    const chest = { get: () => answer(undefined), getAllKeys: () => answer([]), delete() {} };
    const transaction = { objectStore: () => chest, set oncomplete(done) { setTimeout(done); } };
    const vault = { close() {}, transaction: () => transaction };
    const imitations = {
      window: scope, self: scope, document: nothing, history: nothing, console: nothing, localStorage: storage, sessionStorage: storage,
      indexedDB: { open: () => answer(vault), deleteDatabase() {} }, location: page.location, navigator: page.navigator, innerWidth: 0,
      matchMedia: () => ({ matches: false }), addEventListener() {}, removeEventListener() {},
      twinlockConfiguration: Promise.resolve(config), twinlockPopCallback: () => null, twinlockMounted() {},
      twinlockReady: () => setTimeout(() => postMessage({ played: true })),
      goappGetenv: (name) => env[name] ?? "", goappNav() {}, goappOnUpdate() {}, goappOnAppInstallChange() {}, goappIsAppInstallable: () => false,
    };
    for (const [name, value] of Object.entries(imitations)) put(name, value);
  }
})();
