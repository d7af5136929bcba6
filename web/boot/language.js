// The person's language: the page is drawn in the site's first one, and the others
// wait in templates.
import { base, dataset, root, parsed } from "./page.js";
import { configuration, scope } from "./configuration.js";
import { mayWait } from "./storage.js";
import { languagesAsked } from "./referral.js";
import { lookup } from "./lookup.js";
import { storedKeys } from "lock";

// ownPage finds the page by its id: an extension may have put something before or around
// it, or taken it away.
export const ownPage = () => document.getElementById("twinlock");

const first = root.lang;
let asked = ""; // by the address
let untranslated = null; // the page in the first language, while it is in another one

// readLanguage takes the parameter lang out of the address: the person's choice, as that of
// the switch.
export function readLanguage() {
  const query = new URLSearchParams(location.search);
  asked = query.get("lang") ?? "";
  if (!asked) return;
  query.delete("lang");
  const rest = String(query);
  history.replaceState(null, "", location.pathname + (rest && `?${rest}`) + location.hash);
}

// translate draws the page in the person's language: what they have chosen on this device,
// else what an application says that has sent them here, else their browser's languages, of
// which any may be one of the site's. Storage is read if that does not delay the first frame.
export function translate(mayRead = !mayWait()) {
  const spoken = dataset.languages.split(" ");
  const preferred = navigator.languages ?? [navigator.language];
  const language = lookup([asked, mayRead ? chosen() : "", ...languagesAsked(), ...preferred], spoken) ?? first;
  // With the person's region, by which dates are written.
  if (mayRead && lookup([asked], spoken)) choose(language);
  window.twinlockLanguage = preferred.find((tag) => lookup([tag], [language])) ?? language;
  const page = ownPage();
  // Something may have taken either away. The program draws its own.
  const translated = language === first ? untranslated
    : inLanguage("language", language)?.content.firstElementChild.cloneNode(true);
  if (root.lang === language || !page || !translated) return;
  untranslated ??= page;
  page.replaceWith(translated);
  root.lang = language;
}

// Which client it was chosen for is not known before the configuration is there, and does not
// matter.
function chosen() {
  try {
    return localStorage.getItem(storedKeys(base, "language")[0]) ?? "";
  } catch {
    return ""; // site data is blocked
  }
}

// listenForLanguage stores what the person chooses by the switch on the page.
export function listenForLanguage() {
  document.addEventListener("change", async ({ target }) => {
    if (target.id !== "language") return;
    await choose(target.value);
    location.reload();
  });
}

async function choose(language) {
  try {
    localStorage.setItem(scope(await configuration()) + "language", language);
  } catch {} // no configuration, or no room
}

// showInstead shows something else in the place of the page:
//
//   - "framed", where the page is in a frame: a link to the page itself. Somebody who
//     frames it could cover it with something else. A header forbids framing, but not
//     every host can send it.
//   - "done", in a window that has done its work and stays open.
//   - "lost", where there is no page at the address. A host that answers every path with
//     this document does not say so.
export async function showInstead(kind) {
  root.hidden = true;
  await parsed;
  if (!window.twinlockLanguage) translate();
  document.body.replaceChildren(contentOf(kind));
  document.title = document.querySelector("h1")?.textContent ?? document.title;
  root.hidden = false;
}

// contentOf copies what the server has written for the person, in their language or the
// site's first one.
export function contentOf(kind) {
  const template = inLanguage(kind, root.lang) ?? document.querySelector(`template[data-${kind}]`);
  root.lang = template.dataset[kind];
  return template.content.cloneNode(true);
}

function inLanguage(kind, language) {
  return document.querySelector(`template[data-${kind}="${CSS.escape(language)}"]`);
}
