// The page: what the server has written into it, where it is, and when its parts are
// there.
import { begin } from "./first.js";

// The server writes what changes with a build or a configuration into the script's
// element.
export const { dataset } = document.currentScript;

// begun is what has been asked for; see first.js.
export const begun = window.twinlockBegun ?? begin(dataset);

// base is the folder of the site, with a slash at both ends.
export const base = dataset.base + "/";

export const root = document.documentElement;

// Some hosts treat the page as a folder, and add a slash.
export const isCallback = location.pathname.replace(/\/$/, "") === base + "callback";

// isLost: there is no page at this address. That of the site may come without the slash
// at its end.
export const isLost = !isCallback && ![base, dataset.base].includes(location.pathname);

export const supported = [window.WebAssembly, window.crypto, window.fetch].every(Boolean);

export const parsed = new Promise((resolve) => {
  if (document.readyState !== "loading") resolve();
  document.addEventListener("readystatechange", resolve, { once: true });
});

// Go's own script is deferred. When this one is late, it may already have failed.
export const scripts = new Promise((resolve) => {
  if (window.Go || document.readyState === "complete") resolve();
  document.addEventListener("DOMContentLoaded", resolve, { once: true });
  addEventListener("load", resolve, { once: true });
});

export const after = (milliseconds, value) => new Promise((resolve) => setTimeout(resolve, milliseconds, value));

export const painted = () => new Promise((resolve) => {
  requestAnimationFrame(() => setTimeout(resolve));
  setTimeout(resolve, 200); // a tab in the background paints nothing
});

// firstVisit: a browser that has been here has a service worker.
export const firstVisit = () => !navigator.serviceWorker?.controller;
