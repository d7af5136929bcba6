// A login, begun as package oidc begins it (see its Transaction): the program finishes
// it. The same test vectors check both.
import { base, dataset, root } from "./page.js";
import { openStorage } from "./storage.js";
import { keepReferral } from "./referral.js";
import { scope } from "./configuration.js";
import { base64, base64url, sha256 } from "./sum.js";
import { storeLogin } from "lock";

// authorizeURL stores the transaction of a login and returns the tenant's URL for it. It
// returns "" where the program must begin it, or refuse it: in a window, as where nothing
// keeps the transaction, or with another configuration than the one that the page was made
// with. That one has been checked by the rules of package config. An edited one is checked
// by the program, by the same rules.
export async function authorizeURL(params, connection) {
  openStorage();
  await keepReferral(); // before this page is left
  if (!crypto.subtle) return ""; // nor could the program check the answer, and it says why
  const text = await window.twinlockConfiguration;
  if (base64(await sha256(text)) !== dataset.configSum) return "";
  const config = JSON.parse(text);
  if (config.interaction === "popup") return "";
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
  if (!await storeLogin(base, scope(config), transaction.state, JSON.stringify(transaction))) return "";
  const challenge = await sha256(transaction.verifier);
  const query = {
    response_type: "code",
    client_id: config.client_id,
    redirect_uri: `${location.origin}${base}callback`,
    scope: config.scopes.join(" "),
    audience: config.audience,
    state: transaction.state,
    nonce: transaction.nonce,
    code_challenge: base64url(challenge),
    code_challenge_method: "S256",
    connection,
    prompt: params.prompt,
    max_age: params.maxAge,
    ui_locales: params.uiLocales && root.lang,
  };
  const url = new URL("authorize", config.issuer); // the path that every Auth0 tenant has
  for (const [name, value] of Object.entries(query)) if (value) url.searchParams.set(name, value);
  return url.href;
}
