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
  // Go's own script is deferred. It may fail, before this one has come.
  const scripts = new Promise((resolve) => {
    if (window.Go || document.readyState === "complete") resolve();
    document.addEventListener("DOMContentLoaded", resolve, { once: true });
    addEventListener("load", resolve, { once: true });
  });
  const root = document.documentElement;
  // Whoever frames the page could lay it under something else. A header forbids it,
  // which not every host can send.
  if (top !== self) {
    root.hidden = true;
    parsed.then(() => {
      const template = inLanguage("framed") ?? document.querySelector("template[data-framed]");
      root.lang = template.dataset.framed;
      document.body.replaceChildren(template.content.cloneNode(true));
      root.hidden = false;
    });
    return;
  }
  // Some hosts know the page as a folder, and send the browser there.
  const calledBack = location.pathname.replace(/\/$/, "") === base + "callback";
  // What stands before an answer that a page has left to the next one.
  const carried = "#callback";
  const answered = readCallback();
  const supported = typeof WebAssembly === "object";

  // Both are asked for before anything else: the first look into storage takes its
  // time. What the tenant calls back may be a window that needs no program.
  window.twinlockConfiguration = configuration();
  window.twinlockConfiguration.catch(() => {}); // the program asks for it, and tells
  let program = supported && !calledBack ? load() : null;

  async function configuration() {
    const text = await fetchConfiguration("no-cache");
    try {
      JSON.parse(text);
      return text;
    } catch {
      return fetchConfiguration("reload"); // the browser's cache may hold half of one
    }
  }

  async function fetchConfiguration(cache) {
    const answer = await fetch(dataset.config, { cache, credentials: "same-origin" });
    if (!answer.ok) throw new Error(`configuration: status ${answer.status}`);
    return answer.text();
  }

  function compile(cache = "default") {
    // An engine may keep the compiled code, but only for the response as it came.
    return WebAssembly.compileStreaming(fetch(dataset.wasm, { cache }));
  }

  // load compiles the program, and on a first visit rehearses it: the page can be
  // used by then. Whoever comes back waits for the program, and would wait longer.
  function load() {
    const loading = navigator.serviceWorker?.controller || typeof Worker !== "function" ? compile() : rehearse().catch(() => compile());
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
      const silence = setTimeout(end, 5000); // a file of which nothing came says nothing
      function end() {
        clearTimeout(silence);
        worker.terminate();
        if (module) resolve(module);
        else reject();
      }
      worker.onerror = end;
      worker.onmessage = (e) => {
        clearTimeout(silence);
        if (e.data.here) return;
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
  window.twinlockPopCallback = () => {
    const taken = callback;
    callback = null;
    return taken;
  };

  function readCallback() {
    const { search, hash } = location;
    if (!calledBack && !hash.startsWith(carried)) return null;
    // Neither history nor a referrer nor a screenshot shall hold the code.
    history.replaceState(null, "", base);
    return calledBack ? search + hash : hash.slice(carried.length);
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
    if (answered === null) return true;
    const state = stateOf(answered);
    const begunHere = state !== "" && ours("tab").some((key) => key.endsWith(" " + transactionKey(state)));
    if (calledBack && !begunHere && state && await handOver(answered, state)) {
      window.close();
      return false;
    }
    // This page, and no other, comes without the policy that parts it from whoever
    // has opened its window: such a one could exchange it at any time. So what this
    // tab has not begun, or not been alone in, is for a page that has the policy. It
    // is sought once: not every host can send it.
    if (calledBack && (!begunHere || window.opener)) return afresh(answered);
    callback = answered;
    root.dataset.hint = "signed-in"; // soon, or it is said why not
    return true;
  }

  // ---- The person's language ------------------------------------------------

  // The page is drawn in the site's first language; the others wait in templates.
  function speak() {
    const template = inLanguage("language");
    if (!template || root.lang === template.dataset.language) return;
    ownPage().replaceWith(template.content.firstElementChild.cloneNode(true));
    root.lang = template.dataset.language;
  }

  // The page is found by itself: an extension may have put something before it.
  const ownPage = () => document.querySelector("body > .page");

  function inLanguage(kind) {
    const language = navigator.language.toLowerCase().split("-")[0];
    return document.querySelector(`template[data-${kind}="${CSS.escape(language)}"]`);
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
    const meant = isMeant(e, button ?? e.target);
    if (!button && dialog !== e.target) return;
    e.preventDefault();
    e.stopPropagation();
    if (!meant || button?.disabled || departure || later) return;
    keepSite(); // whoever signs in leaves soon
    if (button?.id === "btn-login") return show("lock-login");
    if (button?.dataset.connection) {
      departure = depart(dialog, button);
      return;
    }
    if (dialog === e.target && dialog.classList.contains("deaf")) return; // the backdrop
    if (dialog) return dialog.close(); // its own button, or the backdrop
    if (button.id) keepFor(`#${CSS.escape(button.id)}`, button);
  }

  // A press is taken for what it is meant as, by the rules of app/browser's
  // WatchPresses: a held key presses once, a double click once, and a press that
  // went down elsewhere not at all.
  let down = null;
  let up = -Infinity;

  function hearKey(e) {
    if (e.repeat && (e.key === "Enter" || e.key === " ") && e.target.closest?.("button")) e.preventDefault();
  }

  function hearPointer(e) {
    if (e.type === "pointerup") {
      up = e.timeStamp;
      return;
    }
    down = e.target.closest?.("button") ?? e.target;
    if (down.disabled || down.classList?.contains("deaf")) down = null;
    up = -Infinity;
  }

  function isMeant(e, pressed) {
    const elsewhere = e.timeStamp - up < 1000 && pressed !== down;
    down = null;
    up = -Infinity;
    return !(e.detail > 1) && !elsewhere; // an event of some kinds has no detail
  }

  const pressDelay = 550; // as in app/browser

  // deafen has a dialog that has just opened take no press for a while but to close
  // it: the press that opened it may have been one of two.
  function deafen(dialog, time) {
    const ways = [...dialog.querySelectorAll("[data-connection]:enabled")];
    const turn = (deaf) => {
      dialog.classList.toggle("deaf", deaf);
      for (const way of ways) way.disabled = deaf;
    };
    turn(true);
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(turn, time, false)));
  }

  function keepFor(selector, button) {
    later = selector;
    button.setAttribute("aria-busy", "true");
  }

  // The same listeners each time: a dialog may be opened more than once. Who closes
  // it has thought better of what was chosen there.
  const noteClose = () => { shown = null; later = ""; };
  const noteFocus = (e) => { if (shown) shown.connection = e.target.dataset.connection ?? ""; };

  function show(id, connection = "", since = performance.now()) {
    const dialog = document.getElementById(id);
    if (!dialog || dialog.open) return;
    shown = { id, connection, since };
    dialog.showModal();
    const passed = performance.now() - since;
    if (passed < pressDelay) deafen(dialog, pressDelay - passed);
    dialog.addEventListener("close", noteClose);
    dialog.addEventListener("focusin", noteFocus);
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
    if (url && dialog.open) {
      location.assign(url);
      // The program, should it arrive meanwhile, would only redraw a page that is
      // being left. It is let in if nothing has come of it.
      await new Promise((resolve) => setTimeout(resolve, 20000));
    }
    departure = null;
    if (url) later = "";
    if (later) return;
    button.removeAttribute("aria-busy");
    status.remove();
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

  const ears = { click: hearClick, keydown: hearKey, pointerdown: hearPointer, pointerup: hearPointer };
  for (const [event, hear] of Object.entries(ears)) addEventListener(event, hear, true);

  // From here on the program hears by itself.
  function goDeaf() {
    for (const [event, hear] of Object.entries(ears)) removeEventListener(event, hear, true);
  }

  // The program is about to put its own page in the place of the first element.
  window.twinlockMounting = () => {
    const page = ownPage();
    while (page?.previousElementSibling) page.after(page.previousElementSibling);
  };

  // The program has put its own page in the place of this one.
  window.twinlockMounted = () => {
    const before = shown;
    shown = null;
    if (before) show(before.id, before.connection, before.since);
  };

  window.twinlockReady = () => {
    goDeaf();
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

  // A worker that is there already may tell before the program is ready.
  navigator.serviceWorker?.addEventListener("message", (e) => {
    if (e.data?.twinlock === "config") window.goappOnUpdate();
  });

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
  window.twinlockUpdate = async () => {
    if (registration?.waiting) await takeOver(registration.waiting);
    location.reload();
  };

  function takeOver(waiting) {
    return new Promise((resolve) => {
      navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true });
      waiting.postMessage("take-over");
    });
  }

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
      await run(program ?? load()).catch(mend);
      panel("The page has stopped working.");
    } catch (err) {
      console.error(err);
      panel("The page could not be loaded. Check your connection and try again.");
    }
  }

  async function run(loading) {
    const [module] = await Promise.all([loading, scripts]);
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
    if (!root.dataset.ready) throw new Error("the program has ended at its start");
  }

  // A start may fail for what this browser has kept of a broken deployment, and
  // would fail for ever. Once it is tried without: without the worker and what it
  // keeps, on a page loaded afresh; where there is none, or only that of a site in
  // whose folder this one is, past the browser's cache.
  async function mend(err) {
    await departure; // Firefox fails what a page that is left was fetching
    console.error(err);
    if (navigator.serviceWorker?.controller?.scriptURL === new URL(dataset.worker, location.href).href) {
      await leaveWorker();
      return afresh(callback);
    }
    const again = (url) => fetch(url, { cache: "reload" });
    await again(base); // for the next visit
    if (!window.Go) {
      await again(dataset.exec);
      await new Promise((resolve) => {
        const script = document.createElement("script");
        script.src = dataset.exec;
        script.onload = script.onerror = resolve;
        document.head.append(script);
      });
    }
    await run(compile("reload"));
  }

  async function leaveWorker() {
    // Without a network, what is kept is all that there is.
    const answer = await fetch(dataset.worker, { cache: "reload" });
    if (!answer.ok) throw new Error(`worker: status ${answer.status}`);
    const scope = new URL(base, location.href).href;
    const left = (await navigator.serviceWorker.getRegistrations()).find((r) => r.scope === scope);
    // What waits has been checked; it throws away what the others have kept.
    if (left?.waiting) return takeOver(left.waiting);
    await left?.unregister();
    for (const name of await caches.keys()) if (name.startsWith(`twinlock ${base} `)) await caches.delete(name);
  }

  // afresh loads the page anew, with a callback's answer that waits for the program
  // still; it never comes back.
  function afresh(answer) {
    if (answer !== null) history.replaceState(null, "", base + carried + answer);
    location.reload();
    return new Promise(() => {});
  }

  function panel(sentence) {
    goDeaf();
    for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close(); // it would lie over the panel
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
  // It takes each element to be where it has put it, and ends where one is not. A
  // translator or an extension may have put it into another, or taken it away.
  const { removeChild, replaceChild } = Node.prototype;
  Node.prototype.removeChild = function (child) {
    if (child.parentNode === this) return removeChild.call(this, child);
    child.remove();
    return child;
  };
  Node.prototype.replaceChild = function (fresh, child) {
    if (child.parentNode === this) return replaceChild.call(this, fresh, child);
    if (this.contains(child)) child.replaceWith(fresh);
    else {
      child.remove();
      this.append(fresh);
    }
    return child;
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
