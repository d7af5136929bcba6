// Early requests: the tenant is asked while the program is still on its way. The program takes an
// answer where it would have asked the same itself (see Fetch in package browser), and judges it.
import { dataset } from "./page.js";

export const early = {};

// ask sends a request as Fetch does. It returns a promise of the answer, of which the body is the
// program's: whoever else wants it takes a clone.
export function ask(url, authorization) {
  const headers = { Accept: "application/json" };
  if (authorization) headers.Authorization = authorization;
  const answer = fetch(url, { headers, credentials: "omit", cache: "no-store", redirect: "error", referrerPolicy: "no-referrer" });
  answer.catch(() => {}); // the program reports it
  early[url] = { authorization, answer };
  return answer;
}

// askKeys asks for what an answer of the tenant is checked with: its metadata, and the keys that
// those name. They are nobody's secret, but the program takes no other origin's.
export async function askKeys() {
  const answer = await ask(new URL(".well-known/openid-configuration", dataset.issuer).href);
  const { jwks_uri } = await answer.clone().json();
  if (new URL(jwks_uri).origin === new URL(dataset.issuer).origin) ask(jwks_uri);
}
