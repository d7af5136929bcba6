// The configuration. The program asks for it as text, and reports what is wrong with it.
import { base, begun, dataset } from "./page.js";
import { scopeOf } from "lock";

export function fetchConfiguration() {
  window.twinlockConfiguration = fetchJSON(dataset.config, "no-cache", begun.config);
  window.twinlockConfiguration.catch(() => {}); // the program reports it
}

// fetchJSON resolves to the text of a file. What the browser's cache has stored may be
// incomplete: then it is fetched afresh, and its reader reports what is wrong with that. asked is
// a promise of the answer where it has been asked for.
export async function fetchJSON(url, cache, asked) {
  const answer = await (asked ?? fetch(url, { cache, credentials: "same-origin" }));
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  const text = await answer.text();
  try {
    JSON.parse(text);
    return text;
  } catch {
    return cache === "reload" ? text : fetchJSON(url, "reload");
  }
}

export const configuration = async () => JSON.parse(await window.twinlockConfiguration);

// isOfAnotherTenant reports whether the text of a configuration is not of the tenant that
// the page was made for. The program refuses such a one.
export function isOfAnotherTenant(text) {
  const config = JSON.parse(text);
  return issuerOf(config) !== dataset.issuer || config.client_id !== dataset.clientId;
}

function issuerOf(config) {
  const issuer = config.issuer || `https://${config.domain}/`;
  return issuer.endsWith("/") ? issuer : issuer + "/";
}

// scope returns the scope of a configuration, with the defaults of package config.
export function scope(config) {
  const issuer = issuerOf(config);
  return scopeOf({ base, issuer, clientId: config.client_id, audience: config.audience || issuer + "api/v2/" });
}
