// The last view: what the person saw here at the last visit. The program seals it in the vault
// (see View in package offline), and it is shown in the first frame, before the program is there,
// under the rules of the copy for a visit without a network. What is drawn comes from the seal
// alone, as elements of a few kinds: never as markup.
import { after, base, begun, dataset, root } from "./page.js";
import { isChosen, ownPage } from "./language.js";
import { ask } from "./ask.js";
import { base64, sha256 } from "./sum.js";
import { storedKeys } from "lock";

const day = 24 * 3600 * 1000; // ms
const most = 120; // rows in the first frame: no screen shows more, and very many would delay it

// Which page has drawn a view: another build or configuration may draw another.
const site = `${dataset.wasm} ${dataset.configSum}`;

const isOnline = () => navigator.onLine !== false;

let found; // promise of the view that may be shown; of null for none

// findLast begins to look for it, before anything else is done: the first frame waits for it.
export function findLast() {
  if (!begun.sealed || isOnline() && !storedKeys(base, "hint")[0]) return;
  root.hidden = true;
  found = read().catch(() => null); // there is none, or it is broken: then as without
}

async function read() {
  const [[, key], ...sealed] = await begun.sealed;
  const [session, view] = await Promise.all(sealed.map(([name, box]) => box && open(key.key, name, box)));
  if (isOnline() && !(session && mayRestore(session.value))) {
    root.dataset.hint = "nobody"; // or only the tenant could say that somebody is signed in
    return null;
  }
  if (!mayShow(view, session ? session.value.claims.Subject : view?.value.subject)) return null;
  if (isOnline()) askEarly(session.value, view.value.read).catch(() => {}); // the program reports it
  return view.value;
}

// open opens what Vault in package browser has sealed.
async function open(key, name, { iv, box }) {
  const additionalData = new TextEncoder().encode(name + "\0");
  return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData }, key, box)));
}

const passed = (time, ahead = 0) => time && !(Date.now() + ahead < Date.parse(time));

const ahead = ({ clock }) => (clock?.offset ?? 0) / 1e6; // Go counts nanoseconds

// mayRestore reports whether a session can be used, or be renewed, as package session decides
// it: by the tenant's clock, where that is known.
function mayRestore(session) {
  const end = session.claims.SessionEnds;
  if (end && Date.now() + ahead(session) >= end * 1000) return false;
  return Boolean(session.refresh) || !passed(session.expires, ahead(session));
}

// mayShow holds a view to the rules of a copy in package offline, and to this page.
function mayShow(view, subject) {
  const age = Date.now() - Date.parse(view?.at);
  return view?.v === 1 && age <= 30 * day && age >= -day && !passed(view.value.ends) &&
    view.value.subject === subject && isOfThisPage(JSON.parse(view.value.page));
}

const isOfThisPage = (page) => page.site === site && isChosen(page.language);

// askEarly asks the tenant for the profile while the program is still on its way, which gets the
// answer. Nothing is decided here: but if it is what the view was drawn from, then that is up to
// date. A token that ends now is left to the program.
async function askEarly(session, request) {
  const { url, sum } = request ?? {};
  if (!url?.startsWith(dataset.issuer) || passed(session.expires, ahead(session) + 30000)) return;
  const answer = await ask(url, `Bearer ${session.access}`);
  if (answer.ok && base64(await sha256(await answer.clone().arrayBuffer())) === sum) root.dataset.fresh = "true";
}

// showLast shows the view in place of what the server has drawn.
export async function showLast() {
  const view = await Promise.race([found, after(1000)]);
  if (!view) return;
  const [header, profile] = JSON.parse(view.page).drawn.map(build);
  profile.prepend(isOnline() ? build(["p", { id: "as-of", class: "as-of" }, view.asOf]) : build([
    "div", { id: "as-of", class: "notice notice-quiet" }, ["p", {}, `${view.asOf} ${view.online}`], ["button", { type: "button", class: "quiet-button" }, view.again],
  ]));
  const page = ownPage();
  page.querySelector(".topbar").replaceWith(header);
  page.querySelector(".undecided").replaceWith(profile);
  root.dataset.hint = "signed-in";
  window.twinlockLast = true;
}

// What a view is made of. Everything else that is on a page comes from a translator or an
// extension.
const elements = /^(header|section|div|p|h\d|[uo]l|li|span|bdi|button|img|details|summary|label|input|a)$/;
const unkept = /^(on|style|open$|disabled$)/; // attributes that the page has got since, or could act by

function build([name, attributesOf, ...children]) {
  if (!elements.test(name)) throw new Error(name);
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributesOf)) {
    if (!unkept.test(key) && (!/^(src|href)$/.test(key) || /^(https?:|\/)/.test(value))) element.setAttribute(key, value);
  }
  element.append(...children.map((child) => typeof child === "string" ? child : build(child)));
  return element;
}

// currentView is called by the program: it returns the page as a text, "" where that has in it
// what nobody here has drawn.
export function currentView() {
  try {
    const drawn = [".topbar", ".profile"].map((part) => treeOf(ownPage().querySelector(part)));
    return JSON.stringify({ site, language: root.lang, drawn });
  } catch {
    return "";
  }
}

function treeOf(node) {
  if (node.nodeType === Node.TEXT_NODE) return node.data;
  if (!elements.test(node.localName)) throw new Error(node.localName);
  const own = [...node.attributes].filter(({ name }) => !unkept.test(name)).map(({ name, value }) => [name, value]);
  const rows = /l$/.test(node.localName) ? most : undefined; // of a list
  return [node.localName, Object.fromEntries(own), ...[...node.childNodes].slice(0, rows).map(treeOf)];
}
