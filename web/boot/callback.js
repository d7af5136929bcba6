// The callback: the tenant's answer is removed from the address bar and given to the
// page that has begun the login.
import { base, root, isCallback } from "./page.js";
import { askKeys } from "./ask.js";
import { configuration, scope } from "./configuration.js";
import { showInstead } from "./language.js";
import { begunHere, handOver, stateOf } from "lock";

// The fragment in which a page leaves an answer to the page that is loaded next.
const carried = "#callback";

// answer is what the page was called back with, its query and fragment; null where it
// was not called back.
let answer = null;

// isMailLink: the page was opened by a link in one of the tenant's e-mails, which says
// how it went. The program reads it; see MailLink in package oidc.
function isMailLink() {
  const query = new URLSearchParams(location.search);
  return ["true", "false"].includes(query.get("success")) && !query.has("state") && !query.has("error");
}

// readCallback removes the answer from the address: neither the history nor a referrer
// nor a screenshot may hold the code.
export function readCallback() {
  const { search, hash } = location;
  const isCarried = !isCallback && hash.startsWith(carried);
  if (!isCallback && !isCarried && !isMailLink()) return;
  history.replaceState(null, "", base);
  answer = isCarried ? hash.slice(carried.length) : search + hash;
}

// popCallback returns the answer, once. The program calls it, which runs only after
// resolveCallback.
export function popCallback() {
  const popped = answer;
  answer = null;
  return popped;
}

// resolveCallback finds out who the answer is for, and resolves to whether this page
// goes on.
export async function resolveCallback() {
  if (answer === null) return true;
  const own = await begunHere(base, answer);
  // A login that another window has begun is finished there. This window closes, unless
  // the browser does not let it: then it says that the person can.
  if (isCallback && !own && stateOf(answer) && await accepted()) {
    window.close();
    await showInstead("done");
    return false;
  }
  // The callback's page, and no other, has no opener policy: whoever has opened its
  // window can navigate it at any time. An answer that this tab has not asked for, or
  // that a window with an opener has, is therefore left to a page with the policy. That
  // is tried once, because not every host can send the header.
  if (isCallback && (!own || window.opener)) return reloadWith(answer);
  if (stateOf(answer)) root.dataset.hint = "signed-in"; // it will be so soon, or the program says why not
  if (own && /[?&]code=/.test(answer)) askKeys().catch(() => {}); // the program reports it
  return true;
}

async function accepted() {
  try {
    return await handOver(scope(await configuration()), answer);
  } catch {
    return false; // the program reports what is wrong with the configuration
  }
}

// reloadWith loads the page afresh, with an answer that the program has not had yet. It
// never resolves.
export function reloadWith(answer) {
  if (answer !== null) history.replaceState(null, "", base + carried + answer);
  location.reload();
  return new Promise(() => {});
}
