// Trusted Types: the pages' policy wants a script's address from here, and from nowhere
// else. Markup from text there is none, and so nothing here makes it.
import { dataset } from "./page.js";

export const { exec } = dataset;

const own = [exec, dataset.worker, dataset.touch];

function createScriptURL(url) {
  if (own.includes(url)) return url;
  throw new TypeError(`not a script of this site: ${url}`);
}

// A second policy of this name is refused by the browser. Without Trusted Types, text is taken.
const policy = window.trustedTypes?.createPolicy("twinlock", { createScriptURL });

export const trusted = (url) => (policy ? policy.createScriptURL(url) : createScriptURL(url));
