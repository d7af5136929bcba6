// The rehearsal: on a first visit, a worker fetches and compiles the program and runs
// its start once, while the page stays responsive.
//
// A browser compiles a function when it is first called, and the program's start calls
// about 1,400 functions: on a phone, most of a second in which a page reacts to nothing.
// The compiled code belongs to the module, and the page gets the module.
//
// The program has no effect here. Of what a worker has, it finds the language, the clock
// and random numbers, and nothing that it could change, store, request or report. What a
// page has besides is imitated, as far as the start uses it. contract_test.go checks that
// nothing is missing that package browser may use there.
"use strict";
(() => {
  // The page has this file as a script too, so that it is loaded when the worker needs it.
  if (self.document) return;

  const scope = self;
  const { postMessage } = scope;
  postMessage({ here: true });
  const params = new URLSearchParams(location.hash.slice(1));
  // What a service worker has answered has no fragment. The page then does without a rehearsal.
  if (!params.has("exec")) return postMessage({});
  const compiling = fetch(params.get("wasm"), { credentials: "same-origin" }).then(compile);
  compiling.catch(() => {}); // reported where it is waited for
  importScripts(trusted(params.get("exec")));

  onmessage = async ({ data }) => {
    try {
      const module = await compiling;
      postMessage({ module });
      empty();
      furnish(data);
      const go = new Go();
      go.env = data.env;
      await go.run(await WebAssembly.instantiate(module, go.importObject));
    } catch {} // the page will meet the same error, and report it
    postMessage({});
  };

  // The pages' policy counts here too (see boot/trust.js): the script is in this one's folder.
  function trusted(url) {
    const createScriptURL = (text) => {
      if (new URL(text, location).href.startsWith(new URL(".", location).href)) return text;
      throw new TypeError(`not a script of this site: ${text}`);
    };
    return (scope.trustedTypes?.createPolicy("twinlock", { createScriptURL }) ?? { createScriptURL }).createScriptURL(url);
  }

  // As the page does it (see boot/program.js): some hosts send the program with another type.
  async function compile(answer) {
    const streams = /^application\/wasm$/i.test(answer.headers.get("Content-Type"));
    return streams ? WebAssembly.compileStreaming(answer) : WebAssembly.compile(await answer.arrayBuffer());
  }

  const language = [
    "Array", "ArrayBuffer", "BigInt", "Boolean", "DataView", "Date", "Error", "Function", "Infinity", "Int8Array",
    "Intl", "JSON", "Map", "Math", "NaN", "Number", "Object", "Promise", "Proxy", "RangeError", "Reflect", "Set", "String",
    "Symbol", "SyntaxError", "TypeError", "URIError", "Uint8Array", "WeakRef", "FinalizationRegistry", "WebAssembly",
    "globalThis", "isFinite", "isNaN", "parseFloat", "parseInt", "undefined",
  ];
  const world = [
    "Go", "fs", "process", "path", "performance", "crypto", "TextEncoder", "TextDecoder", "URLSearchParams",
    "setTimeout", "clearTimeout", "queueMicrotask",
  ];

  // nothing has every property, which is nothing again, and can be called.
  const nothing = new Proxy(function () {}, {
    get(_, name) {
      if (name === "length") return 0;
      if (name === "then") return undefined; // not a promise
      return name === Symbol.toPrimitive ? () => "" : nothing;
    },
    set: () => true,
    apply: () => nothing,
    construct: () => nothing,
  });

  // empty removes what is not named above, and so what browsers will have in the future.
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

  // furnish adds imitations of what a page has on a first visit.
  function furnish({ config, catalogue, env, page }) {
    const storage = { length: 0, getItem: () => null, setItem() {}, removeItem() {}, key: () => null };
    const answer = (result) => ({ result, set onsuccess(done) { setTimeout(done); } });
    const chest = { get: () => answer(undefined), getAllKeys: () => answer([]), delete() {} };
    const transaction = { objectStore: () => chest, set oncomplete(done) { setTimeout(done); } };
    const vault = { close() {}, transaction: () => transaction };
    const imitations = {
      window: scope, self: scope, document: nothing, history: nothing, console: nothing,
      localStorage: storage, sessionStorage: storage, indexedDB: { open: () => answer(vault), deleteDatabase() {} },
      location: page.location, navigator: page.navigator, innerWidth: 0, matchMedia: () => ({ matches: false }),
      addEventListener() {}, removeEventListener() {},
      twinlockConfiguration: Promise.resolve(config), twinlockCatalogue: Promise.resolve(catalogue), twinlockPopCallback: () => null, twinlockMounted() {},
      twinlockReady: () => setTimeout(() => postMessage({ played: true })),
      goappGetenv: (name) => env[name] ?? "", goappNav() {}, goappOnUpdate() {}, goappOnAppInstallChange() {},
      goappIsAppInstallable: () => false,
    };
    for (const [name, value] of Object.entries(imitations)) put(name, value);
  }
})();
