// The configuration. The program asks for it as text, and reports what is wrong with it.
import { base, dataset } from "./page.js";
import { scopeOf } from "lock";

export function fetchConfiguration() {
  window.twinlockConfiguration = fetchText();
  window.twinlockConfiguration.catch(() => {}); // the program reports it
}

async function fetchText() {
  const text = await fetchOnce("no-cache");
  try {
    JSON.parse(text);
    return text;
  } catch {
    return fetchOnce("reload"); // the browser's cache may have stored an incomplete one
  }
}

async function fetchOnce(cache) {
  const answer = await fetch(dataset.config, { cache, credentials: "same-origin" });
  if (!answer.ok) throw new Error(`configuration: status ${answer.status}`);
  return answer.text();
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
