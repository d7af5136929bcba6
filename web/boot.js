// The boot script: the first code of the page. It takes a callback out of the
// address bar, fetches the configuration, signs in whoever does not wait for the
// program, keeps the service worker, starts the program, and says so when it
// cannot.
//
// go-app's program expects some functions with names of their own; they stand
// at the end.
"use strict";
(() => {
  const { dataset } = document.currentScript;
  const base = dataset.base + "/";
  const parsed = new Promise((resolve) => {
    if (document.readyState !== "loading") resolve();
    document.addEventListener("readystatechange", resolve, { once: true });
  });
  // Go's own script is deferred.
  const scripts = new Promise((resolve) => {
    if (window.Go) resolve();
    document.addEventListener("DOMContentLoaded", resolve, { once: true });
  });
  const root = document.documentElement;
  // Some hosts know the page as a folder, and send the browser there.
  const calledBack = location.pathname.replace(/\/$/, "") === base + "callback";
  const supported = typeof WebAssembly === "object";

  // Both are asked for before anything else: the first look into storage takes its
  // time. What the tenant calls back may be a window that needs no program.
  window.twinlockConfiguration = configuration();
  window.twinlockConfiguration.catch(() => {}); // the program asks for it, and tells
  let program = supported && !calledBack ? load() : null;

  async function configuration() {
    const answer = await fetch(dataset.config, { cache: "no-cache", credentials: "same-origin" });
    if (!answer.ok) throw new Error(`configuration: status ${answer.status}`);
    return answer.text();
  }

  function compile() {
    // An engine may keep the compiled code, but only for the response as it came.
    return WebAssembly.compileStreaming(fetch(dataset.wasm));
  }

  // load compiles the program, and on a first visit rehearses it: the page can be
  // used by then. Whoever comes back waits for the program, and would wait longer.
  function load() {
    const loading = navigator.serviceWorker?.controller || typeof Worker !== "function" ? compile() : rehearse().catch(compile);
    loading.catch(() => {}); // told when it is waited for
    return loading;
  }

  // See rehearsal.js. It is to spare the page work: what it takes too long for, the
  // page does itself.
  function rehearse() {
    return new Promise((resolve, reject) => {
      const { href, origin, protocol, host, hostname, port, pathname, search, hash } = location;
      const { language, languages, userAgent, onLine } = navigator;
      const page = {
        location: { href, origin, protocol, host, hostname, port, pathname, search, hash },
        navigator: { language, languages, userAgent, onLine },
      };
      const worker = new Worker(`${dataset.rehearsal}#${new URLSearchParams({ exec: dataset.exec, wasm: dataset.wasm })}`);
      window.twinlockConfiguration.then((config) => worker.postMessage({ config, env, page }), end);
      let module = null;
      function end() {
        worker.terminate();
        if (module) resolve(module);
        else reject();
      }
      worker.onerror = end;
      worker.onmessage = (e) => {
        if (!(e.data.module instanceof WebAssembly.Module)) return end();
        module = e.data.module;
        setTimeout(end, 3000);
      };
    });
  }

  // ---- What is kept -----------------------------------------------------------

  let opened = false;
  function openStorage() {
    if (opened) return;
    opened = true;
    // It throws where site data is blocked, and go-app ends there: it is given
    // some in memory instead.
    for (const name of ["localStorage", "sessionStorage"]) {
      try {
        window[name].setItem("twinlock.probe", "1");
        window[name].removeItem("twinlock.probe");
      } catch {
        Object.defineProperty(window, name, { value: memoryStorage() });
      }
    }
    if (!sessionStorage.getItem(tabKey)) {
      sessionStorage.setItem(tabKey, base64url(crypto.getRandomValues(new Uint8Array(16))));
    }
    sweep();
    // The program wipes one that is of another tenant.
    if (ours("hint").length > 0) root.dataset.hint = "signed-in";
  }

  // What is kept is named for whom: see package browser's Scope, which makes the
  // same names. The program tells what is wrong with a configuration.
  const part = (text) => text.replaceAll("%", "%25").replaceAll(" ", "%20");
  const site = `twinlock ${part(base)} `;
  function scopeOf(config) {
    let issuer = config.issuer || `https://${config.domain}/`;
    if (!issuer.endsWith("/")) issuer += "/";
    return site + [issuer, config.client_id, config.audience || issuer + "api/v2/"].map(part).join(" ") + " ";
  }

  // ours are the keys of one kind that this site has, for whomever: all that can be
  // asked for before the configuration is there.
  const ours = (kind) => Object.keys(localStorage).filter((key) => key.startsWith(site) && key.split(" ")[5] === kind);

  // Begun logins are kept per tab, but not in sessionStorage: where a service
  // worker keeps a process alive, Chromium shows a page that is called back what
  // sessionStorage held at an earlier page. What never changes can be there.
  const tabKey = site + "tab";
  const transactionKey = (state) => `tab ${sessionStorage.getItem(tabKey)} twinlock.tx.${state}`;

  // sweep removes what closed tabs have left.
  function sweep() {
    for (const key of ours("tab")) {
      let created = 0;
      try { ({ created } = JSON.parse(localStorage.getItem(key))); } catch {} // not one of ours
      if (!(Math.abs(Date.now() - created) < 3600000)) localStorage.removeItem(key);
    }
  }

  // On a first visit the storages are made when they are first looked into, which
  // takes longer than the page needs to be painted. Whoever has been here has a
  // worker, and needs the hint before the first frame.
  const mayWait = () => !calledBack && !navigator.serviceWorker?.controller;

  const soon = (value) => new Promise((resolve) => setTimeout(resolve, 0, value));

  const painted = () => new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, 200); // a tab in the background paints nothing
  });

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
    if (!calledBack) return null;
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
  async function handOver(answer, state) {
    if (!("BroadcastChannel" in window)) return false;
    let scope;
    try {
      scope = scopeOf(JSON.parse(await window.twinlockConfiguration));
    } catch {
      return false; // the program will tell
    }
    return new Promise((resolve) => {
      const channel = new BroadcastChannel(scope + "channel");
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
    const begunHere = ours("tab").some((key) => key.endsWith(" " + transactionKey(state)));
    if (state && !begunHere && await handOver(answer, state)) {
      window.close();
      return false;
    }
    callback = answer;
    return true;
  }

  // ---- The person's language ------------------------------------------------

  // The page is drawn in the site's first language; the others wait in templates.
  function speak() {
    const language = navigator.language.toLowerCase().split("-")[0];
    const template = document.querySelector(`template[data-language="${CSS.escape(language)}"]`);
    if (!template || root.lang === language) return;
    document.body.firstElementChild.replaceWith(template.content.firstElementChild.cloneNode(true));
    root.lang = language;
  }

  // ---- Before the program is there -------------------------------------------

  // The page answers from the start: the dialog is in it already, and a login
  // needs no more than what is written here. Any other button that is pressed
  // shows that it was heard and acts as soon as it can.
  let later = ""; // the selector of what is to be clicked then
  let shown = null; // what is known of the open dialog: which one, where the focus is
  let departure = null; // a login on its way to the tenant

  function hearClick(e) {
    const button = e.target.closest?.("button");
    const dialog = e.target.closest?.("dialog");
    if (!button && dialog !== e.target) return;
    e.preventDefault();
    e.stopPropagation();
    if (departure || later) return;
    keepSite(); // whoever signs in leaves soon
    if (button?.id === "btn-login") return show("lock-login");
    if (button?.dataset.connection) {
      departure = depart(dialog, button);
      return;
    }
    if (dialog) return dialog.close(); // its own button, or the backdrop
    if (button.id) keepFor(`#${CSS.escape(button.id)}`, button);
  }

  function keepFor(selector, button) {
    later = selector;
    button.setAttribute("aria-busy", "true");
  }

  function show(id, connection = "") {
    const dialog = document.getElementById(id);
    if (!dialog || dialog.open) return;
    dialog.showModal();
    shown = { id, connection };
    dialog.addEventListener("close", () => { shown = null; });
    dialog.addEventListener("focusin", (e) => { shown.connection = e.target.dataset.connection ?? ""; });
    if (connection) dialog.querySelector(`[data-connection="${CSS.escape(connection)}"]`)?.focus();
  }

  // depart begins a login as the program does. What it cannot begin it leaves to
  // the program, which can say why.
  async function depart(dialog, button) {
    const connection = button.dataset.connection;
    keepFor(`[data-connection="${CSS.escape(connection)}"]`, button);
    const status = document.createElement("p");
    status.className = "quiet";
    status.setAttribute("role", "status");
    status.textContent = dialog.dataset.opening.replaceAll("{connection}", button.dataset.label);
    dialog.querySelector(".lock-progress")?.replaceChildren(status);
    let url;
    try {
      url = await authorizeURL(JSON.parse(await window.twinlockConfiguration), dialog.dataset, connection);
    } catch {} // the program will tell
    if (!url) {
      departure = null;
      return;
    }
    location.assign(url);
    // The program, should it arrive meanwhile, would only redraw a page that is
    // being left. It is let in if nothing has come of it.
    await new Promise((resolve) => setTimeout(resolve, 20000));
    later = "";
  }

  // authorizeURL makes the request and keeps its transaction, in the format of
  // package oidc (see its Transaction): the program takes it up at the callback.
  // The same test vectors hold both to it. It is "" where the program must begin
  // the login: in a window, or with a configuration that only it understands.
  async function authorizeURL(config, params, connection) {
    openStorage();
    const issuer = new URL(config.issuer);
    const known = Array.isArray(config.connections) && config.connections.some((c) => c.name === connection);
    if (!secure(issuer) || !config.issuer.endsWith("/") || !config.audience || config.interaction === "popup" || !known) return "";
    const random = crypto.getRandomValues(new Uint8Array(16 + 32 + 32));
    const transaction = {
      v: 2,
      issuer: config.issuer,
      client_id: config.client_id,
      state: `${params.purpose}.${base64url(random.slice(0, 16))}`,
      purpose: params.purpose,
      connection,
      nonce: base64url(random.slice(16, 48)),
      verifier: base64url(random.slice(48)),
      max_age: params.maxAge ? Number(params.maxAge) : undefined,
      return_to: "/",
      mode: "redirect",
      created: Date.now(),
    };
    const sum = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(transaction.verifier));
    localStorage.setItem(scopeOf(config) + transactionKey(transaction.state), JSON.stringify(transaction));
    const query = {
      response_type: "code",
      client_id: config.client_id,
      redirect_uri: `${location.origin}${base}callback`,
      scope: config.scopes.join(" "),
      audience: config.audience,
      state: transaction.state,
      nonce: transaction.nonce,
      code_challenge: base64url(new Uint8Array(sum)),
      code_challenge_method: "S256",
      connection,
      prompt: params.prompt,
      max_age: params.maxAge,
      ui_locales: params.uiLocales,
    };
    const url = new URL("authorize", issuer); // the vendor's, for every tenant
    for (const [name, value] of Object.entries(query)) if (value) url.searchParams.set(name, value);
    return url.href;
  }

  // Only a tenant on this very machine may do without https.
  const secure = ({ protocol, hostname }) =>
    protocol === "https:" || protocol === "http:" && /^(.+\.)?localhost$|^127\.|^\[::1\]$/.test(hostname);

  const base64url = (bytes) =>
    btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

  addEventListener("click", hearClick, true);

  // The program has put its own page in the place of this one.
  window.twinlockMounted = () => {
    const before = shown;
    shown = null;
    if (before) show(before.id, before.connection);
  };

  window.twinlockReady = () => {
    removeEventListener("click", hearClick, true);
    document.getElementById("app-wasm-loader")?.remove();
    root.dataset.ready = "true";
    keepSite();
    // After the program has drawn what the click is for.
    if (later && !departure) setTimeout(() => document.querySelector(later)?.click(), 50);
  };

  // ---- The service worker -----------------------------------------------------

  // It goes on fetching the program while the person is at the tenant. Without
  // one everything works but with no network.
  // It waits for the program, or for somebody who does not, since it would take its
  // share of the network and of the processor.
  let registration = null;
  let keeping = false;
  async function keepSite() {
    if (!navigator.serviceWorker || keeping) return;
    keeping = true;
    navigator.serviceWorker.addEventListener("message", (e) => {
      if (e.data?.twinlock === "config") window.goappOnUpdate();
    });
    try {
      registration = await navigator.serviceWorker.register(dataset.worker, { scope: base, updateViaCache: "none" });
    } catch {
      return; // site data is blocked
    }
    offerUpdate();
    registration.addEventListener("updatefound", () => {
      registration.installing.addEventListener("statechange", offerUpdate);
    });
    lookForUpdates();
  }

  // The first worker waits too, for a moment; only WebKit lets a page see it.
  function offerUpdate() {
    if (registration.waiting && registration.active) window.goappOnUpdate();
  }

  // The browser looks for a new version when a page is opened; an installed app
  // may stay open for days.
  function lookForUpdates() {
    let last = Date.now();
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState !== "visible" || Date.now() - last < 3600000) return;
      last = Date.now();
      registration.update().catch(() => {}); // no network: next time
    });
  }

  // The program calls it when the person wants the new version.
  window.twinlockUpdate = () => {
    const waiting = registration?.waiting;
    if (!waiting) return location.reload();
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    waiting.postMessage("take-over");
  };

  // ---- The program -------------------------------------------------------

  async function start() {
    await parsed;
    speak();
    if (mayWait()) await painted();
    openStorage();
    if (!await settleCallback()) return;
    if (!supported) {
      return panel("This browser cannot run this page. Please use a newer one.");
    }
    try {
      program ??= load();
      const [module] = await Promise.all([program, scripts]);
      const go = new Go();
      go.env = { GOGC: "50" }; // memory is never given back: rather collect more often
      const instance = await WebAssembly.instantiate(module, go.importObject);
      await departure;
      if (mayWait()) {
        // A start in pieces, so that somebody who does something is heard between them.
        await soon();
        window.twinlockConfiguration = window.twinlockConfiguration.then(soon);
      }
      await go.run(instance);
      panel("The page has stopped working.");
    } catch (err) {
      await departure; // Firefox fails what a page that is left was fetching
      console.error(err);
      panel("The page could not be loaded. Check your connection and try again.");
    }
  }

  function panel(sentence) {
    removeEventListener("click", hearClick, true);
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

  let prompt = null; // the browser's offer to install the app
  addEventListener("beforeinstallprompt", (e) => {
    e.preventDefault(); // the page offers it in its own place
    prompt = e;
    window.goappOnAppInstallChange();
  });
  addEventListener("appinstalled", () => {
    prompt = null;
    window.goappOnAppInstallChange();
  });
  window.goappIsAppInstallable = () => prompt !== null;
  window.goappShowInstallPrompt = () => {
    prompt?.prompt();
    prompt = null; // it can be shown once
    window.goappOnAppInstallChange();
  };

  start();
})();
