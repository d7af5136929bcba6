// Starts the program. What the program and go-app expect of the page stands
// here: the goapp… functions are called by go-app, the twinlock… ones by ours.
"use strict";

const boot = document.getElementById("boot").dataset;

var goappNav = () => {};
var goappOnUpdate = () => {};
var goappOnAppInstallChange = () => {};
var goappUpdatedBeforeWasmLoaded = false;
var goappAppInstallChangedBeforeWasmLoaded = false;

function goappGetenv(name) {
  return {
    GOAPP_VERSION: boot.version,
    GOAPP_ROOT_PREFIX: boot.base,
    GOAPP_STATIC_RESOURCES_URL: boot.base + "/web",
    GOAPP_INTERNAL_URLS: "[]",
  }[name];
}

// The code must not stay in the address bar, nor in the history.
var twinlockTakeCallback = (() => {
  let callback = "";
  if (location.pathname === boot.base + "/callback" && (location.search || location.hash)) {
    callback = location.search + location.hash;
    history.replaceState(null, "", boot.base + "/callback");
  }
  return () => {
    const taken = callback;
    callback = "";
    return taken || null;
  };
})();

var twinlockConfiguration = fetch(boot.config, { cache: "no-cache" }).then((response) => {
  if (!response.ok) throw new Error(`configuration: status ${response.status}`);
  return response.text();
});
twinlockConfiguration.catch(() => {}); // the program tells of it

var twinlockReady = () => {
  document.getElementById("app-wasm-loader")?.remove();
};

(async () => {
  const label = document.getElementById("app-wasm-loader-label");
  try {
    // go-app reads the storage when it starts and dies where that is forbidden.
    void window.localStorage.length;
    const go = new Go();
    go.env.GOGC = "50"; // memory is never given back: rather collect more often
    // The response as it came, or the browser cannot cache the compiled code.
    const wasm = await WebAssembly.instantiateStreaming(fetch(boot.wasm), go.importObject);
    await go.run(wasm.instance);
    throw new Error("the program ended");
  } catch (error) {
    console.error(error);
    if (label) label.textContent = `Twinlock could not start: ${error.message}. Please reload the page.`;
  }
})();
