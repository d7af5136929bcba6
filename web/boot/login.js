// A login, begun as package oidc begins it (see its Transaction): the program finishes
// it. The same test vectors check both.
import { base } from "./page.js";
import { openStorage } from "./storage.js";
import { scope } from "./configuration.js";
import { transactionKey } from "lock";

// authorizeURL stores the transaction of a login and returns the tenant's URL for it. It
// returns "" where the program must begin it: in a window, or with a configuration that
// only the program understands.
export async function authorizeURL(config, params, connection) {
  openStorage();
  const issuer = new URL(config.issuer);
  const known = Array.isArray(config.connections) && config.connections.some((c) => c.name === connection);
  const complete = config.issuer.endsWith("/") && config.audience && known;
  if (!crypto.subtle) return ""; // nor could the program check the answer, and it says why
  if (!complete || !secure(issuer) || config.interaction === "popup") return "";
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
  localStorage.setItem(scope(config) + transactionKey(base, transaction.state), JSON.stringify(transaction));
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
  const url = new URL("authorize", issuer); // the path that every Auth0 tenant has
  for (const [name, value] of Object.entries(query)) if (value) url.searchParams.set(name, value);
  return url.href;
}

// Only a tenant on this machine may do without https.
const secure = ({ protocol, hostname }) =>
  protocol === "https:" || protocol === "http:" && /^(.+\.)?localhost$|^127\.|^\[::1\]$/.test(hostname);

const base64url = (bytes) =>
  btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
