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

// scope returns the scope of a configuration, with the defaults of package config.
export function scope(config) {
  let issuer = config.issuer || `https://${config.domain}/`;
  if (!issuer.endsWith("/")) issuer += "/";
  return scopeOf({ base, issuer, clientId: config.client_id, audience: config.audience || issuer + "api/v2/" });
}
