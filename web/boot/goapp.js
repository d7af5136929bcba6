// What go-app's program expects of a page: functions with names of its own, and elements
// that stay where it has put them.
import { base, dataset } from "./page.js";

export const env = {
  GOAPP_VERSION: dataset.version,
  GOAPP_STATIC_RESOURCES_URL: base + "web",
  GOAPP_ROOT_PREFIX: dataset.base,
  GOAPP_INTERNAL_URLS: "[]",
  TWINLOCK_LANGUAGES: dataset.languages,
  TWINLOCK_ISSUER: dataset.issuer,
  TWINLOCK_CLIENT_ID: dataset.clientId,
};

export function prepareGoApp() {
  tolerateMovedElements();
  Object.assign(window, {
    goappGetenv: (name) => env[name] ?? "",
    goappNav() {},
    goappOnUpdate() { window.goappUpdatedBeforeWasmLoaded = true; },
    goappOnAppInstallChange() { window.goappAppInstallChangedBeforeWasmLoaded = true; },
  });
  offerInstallation();
}

// go-app ends when an element is not where it has put it. A translator or an extension
// may have moved or removed it.
function tolerateMovedElements() {
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
}

function offerInstallation() {
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
}
