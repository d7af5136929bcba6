// The boot script: the first code of the page. It takes a callback out of the
// address bar, fetches the configuration while the program is still loading,
// starts the program, and says so when it cannot.
//
// go-app's program expects some functions with names of their own; they stand
// at the end.
"use strict";
(() => {
  const { dataset } = document.currentScript;
  const base = dataset.base + "/";
  const root = document.documentElement;
  const channelName = "twinlock";
  const transactionPrefix = "twinlock.tx.";

  // Storage throws where site data is blocked, and go-app ends there: it is
  // given one in memory instead.
  for (const name of ["localStorage", "sessionStorage"]) {
    try {
      window[name].setItem("twinlock.probe", "1");
      window[name].removeItem("twinlock.probe");
    } catch {
      Object.defineProperty(window, name, { value: memoryStorage() });
    }
  }

  if (localStorage.getItem("twinlock.hint")) root.dataset.hint = "signed-in";

  // A page that the back button brings back from memory still shows the moment
  // at which it was left.
  addEventListener("pageshow", (e) => { if (e.persisted) location.reload(); });

  // ---- The callback ------------------------------------------------------

  let callback = null;
  window.twinlockTakeCallback = () => {
    const taken = callback;
    callback = null;
    return taken;
  };

  function readCallback() {
    if (location.pathname !== base + "callback") return null;
    const answer = location.search + location.hash;
    // Neither history nor a referrer nor a screenshot shall hold the code.
    history.replaceState(null, "", base);
    return answer;
  }

  function stateOf(answer) {
    for (const part of answer.split(/[?#]/)) {
      const state = new URLSearchParams(part).get("state");
      if (state) return state;
    }
    return "";
  }

  // A login that another window of this site has begun is that window's to
  // finish. It answers if it is there.
  function handOver(answer, state) {
    return new Promise((resolve) => {
      if (!("BroadcastChannel" in window)) return resolve(false);
      const channel = new BroadcastChannel(channelName);
      const timer = setTimeout(() => end(false), 1000);
      function end(taken) {
        clearTimeout(timer);
        channel.close();
        resolve(taken);
      }
      channel.onmessage = (e) => {
        if (e.data && e.data.kind === "taken" && e.data.state === state) end(true);
      };
      channel.postMessage({ kind: "callback", state, data: answer });
    });
  }

  async function settleCallback() {
    const answer = readCallback();
    if (answer === null) return true;
    const state = stateOf(answer);
    if (state && sessionStorage.getItem(transactionPrefix + state) === null && await handOver(answer, state)) {
      window.close();
      return false;
    }
    callback = answer;
    return true;
  }

  // ---- Early clicks ------------------------------------------------------

  // A button that is pressed before the program is there shows that it was
  // heard and acts as soon as it can.
  let early = null;
  function keepClick(e) {
    const button = e.target.closest && e.target.closest("button[id]");
    if (!button) return;
    e.preventDefault();
    e.stopPropagation();
    early = button.id;
    button.setAttribute("aria-busy", "true");
  }
  addEventListener("click", keepClick, true);
  window.twinlockReady = () => {
    removeEventListener("click", keepClick, true);
    document.getElementById("app-wasm-loader")?.remove();
    root.dataset.ready = "true";
    // After the program has drawn what the click is for.
    if (early) setTimeout(() => document.getElementById(early)?.click(), 50);
  };

  // ---- The program -------------------------------------------------------

  async function configuration() {
    const answer = await fetch(dataset.config, { cache: "no-cache", credentials: "same-origin" });
    if (!answer.ok) throw new Error(`configuration: status ${answer.status}`);
    return answer.text();
  }

  async function start() {
    window.twinlockConfiguration = configuration();
    window.twinlockConfiguration.catch(() => {}); // the program asks for it, and tells
    if (!await settleCallback()) return;
    if (typeof WebAssembly !== "object") {
      return panel("This browser cannot run this page. Please use a newer one.");
    }
    const go = new Go();
    go.env = { GOGC: "50" }; // memory is never given back: rather collect more often
    try {
      // The engine keeps the compiled code only for the response as it came.
      const { instance } = await WebAssembly.instantiateStreaming(fetch(dataset.wasm), go.importObject);
      await go.run(instance);
      panel("The page has stopped working.");
    } catch (err) {
      console.error(err);
      panel("The page could not be loaded. Check your connection and try again.");
    }
  }

  function panel(sentence) {
    removeEventListener("click", keepClick, true);
    const text = document.createElement("p");
    text.setAttribute("role", "alert");
    text.textContent = sentence;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.textContent = "Reload";
    button.addEventListener("click", () => location.reload());
    const notice = document.createElement("div");
    notice.className = "notice notice-bad";
    notice.append(text, button);
    const box = document.createElement("div");
    box.className = "boot-panel";
    box.append(notice);
    document.body.append(box);
    button.focus();
  }

  function memoryStorage() {
    const values = new Map();
    return {
      get length() { return values.size; },
      key: (i) => [...values.keys()][i] ?? null,
      getItem: (k) => values.get(String(k)) ?? null,
      setItem: (k, v) => { values.set(String(k), String(v)); },
      removeItem: (k) => { values.delete(String(k)); },
      clear: () => values.clear(),
    };
  }

  // ---- What go-app's program expects --------------------------------------

  const env = {
    GOAPP_VERSION: dataset.version,
    GOAPP_STATIC_RESOURCES_URL: base + "web",
    GOAPP_ROOT_PREFIX: dataset.base,
    GOAPP_INTERNAL_URLS: "[]",
  };
  window.goappGetenv = (name) => env[name] ?? "";
  window.goappNav = () => {};
  window.goappOnUpdate = () => { window.goappUpdatedBeforeWasmLoaded = true; };
  window.goappOnAppInstallChange = () => { window.goappAppInstallChangedBeforeWasmLoaded = true; };

  start();
})();
