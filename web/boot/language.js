// The person's language: the server has drawn the page in the site's first one. The words of
// each language are in its catalogue, a file of its own, and the elements have the keys.
import { after, base, dataset, root, parsed } from "./page.js";
import { configuration, fetchJSON, scope } from "./configuration.js";
import { mayWait } from "./storage.js";
import { languagesAsked } from "./referral.js";
import { lookup } from "./lookup.js";
import { storedKeys } from "lock";

// ownPage finds the page by its id: an extension may have put something before or around
// it, or taken it away.
export const ownPage = () => document.getElementById("twinlock");

const languages = dataset.languages.split(" ");
let chosen; // the person's
let words; // the catalogue that the page is in; undefined where it is as the server has drawn it
let asked; // by the address
let supersede = () => {}; // whoever waits for the catalogue gets another one

// readLanguage takes the parameter lang out of the address: the person's choice, as that of
// the switch.
export function readLanguage() {
  const query = new URLSearchParams(location.search);
  if (!query.has("lang")) return;
  asked = lookup([query.get("lang")], languages);
  query.delete("lang");
  const rest = String(query);
  history.replaceState(null, "", location.pathname + (rest && `?${rest}`) + location.hash);
}

// chooseLanguage finds the person's language, and fetches its catalogue: what they have chosen
// on this device, else what an application says that has sent them here, else their browser's
// languages, of which any may be one of the site's. Where a catalogue cannot be had, that of the
// next one is fetched. Storage is read if that does not delay the first frame.
export function chooseLanguage(mayRead = !mayWait()) {
  const preferred = navigator.languages ?? [navigator.language];
  const tags = [asked, mayRead && stored(), ...languagesAsked(), ...preferred, languages[0]];
  const suitable = new Set(tags.map((tag) => lookup([tag], languages)).filter(Boolean));
  const [best] = suitable;
  // With the person's region, by which dates and numbers are written.
  window.twinlockLanguage = preferred.find((tag) => lookup([tag], [best])) ?? best;
  if (best === chosen) return;
  chosen = best;
  const fetched = fetchFirst([...suitable]);
  supersede(fetched);
  window.twinlockCatalogue = Promise.race([fetched, new Promise((resolve) => { supersede = resolve; })]);
  window.twinlockCatalogue.catch(() => {}); // the program is not started then
  if (best !== root.lang) root.hidden = true; // until it is translated
}

const fetchFirst = ([of, ...others]) =>
  fetchCatalogue(of).catch((err) => others.length ? fetchFirst(others) : Promise.reject(err));

// fetchCatalogue resolves to the text of a catalogue. Some hosts answer with something else.
async function fetchCatalogue(of) {
  const text = await Promise.race([fetchJSON(catalogueURL(of), "default"), after(15000)]);
  if (JSON.parse(text).language !== of) throw new Error(`no catalogue: ${of}`);
  return text;
}

const catalogueURL = (of) => dataset.catalogues.replace("*", of);

export const isChosen = (language) => language === chosen;

// catalogueInUse returns the URL of the catalogue that the page is in, "" where that is not of
// the person's language, which could not be had.
export const catalogueInUse = () => chosen === root.lang ? catalogueURL(chosen) : "";

// translate puts the page into the person's language. The first frame waits for the catalogue,
// but not long: on a slow network the words change when it is there. Whoever calls it shows the
// page then.
export async function translate() {
  const wanted = window.twinlockCatalogue;
  const translated = wanted.then((text) => wanted === window.twinlockCatalogue && speak(JSON.parse(text))).catch(() => {});
  if (root.hidden) await Promise.race([translated, after(300)]);
}

function speak(catalogue) {
  if (root.dataset.ready) return; // the program has drawn its own
  listLanguages(catalogue.language);
  if (asked === catalogue.language) store(asked);
  if (root.lang === catalogue.language) return;
  words = catalogue;
  root.lang = words.language;
  root.dir = words.direction;
  say(ownPage() ?? document.body);
  for (const link of document.querySelectorAll("[data-for]")) link.hidden = link.dataset.for !== root.lang;
}

// say translates what the server has drawn. Data in a text is in elements, which stay. The first
// letter of a label is that of the translated one.
function say(node) {
  for (const element of node.querySelectorAll("[data-say]")) {
    for (const [key, attribute] of element.dataset.say.split(" ").map((part) => part.split("@"))) {
      const said = key === "initial" ? [...element.closest("[data-label]").dataset.label][0].toLocaleUpperCase(root.lang) : words[key];
      if (attribute && said) element.setAttribute(attribute, said.other ? JSON.stringify(said) : said);
      else if (said) {
        const data = [...element.children];
        const pieces = said.split(/\{(\w+)\}/); // what is odd is the name of a place
        element.replaceChildren(...pieces.map((piece, i) => i % 2 ? data.find((d) => d.dataset.is === piece) : piece));
      }
    }
  }
}

// The switch has each language, named in itself. Many write such names small, but not where a
// line begins.
function listLanguages(language) {
  document.getElementById("language")?.replaceChildren(...languages.map((tag) => {
    let name = tag;
    try {
      name = new Intl.DisplayNames(tag, { type: "language" }).of(tag);
    } catch {} // an old browser
    return new Option(name[0].toLocaleUpperCase(tag) + name.slice(1), tag, false, tag === language);
  }));
}

// Which client it was chosen for is not known before the configuration is there, and does not
// matter.
function stored() {
  try {
    return localStorage.getItem(storedKeys(base, "language")[0]) ?? "";
  } catch {
    return ""; // site data is blocked
  }
}

// listenForLanguage stores what the person chooses by the switch on the page. Without a network
// a language that is not here yet cannot be had: the browser says so beside the switch. A host
// that answers without it has another version of the site, which the next page is of.
export function listenForLanguage() {
  document.addEventListener("change", async ({ target }) => {
    if (target.id !== "language") return;
    const { value } = target;
    target.setCustomValidity("");
    try {
      await fetchCatalogue(value);
    } catch (err) {
      if (err instanceof TypeError) {
        target.value = root.lang;
        target.setCustomValidity(JSON.parse(await window.twinlockCatalogue).no_answer);
        return target.reportValidity();
      }
    }
    if (await store(value)) location.reload();
    else location.assign(`${base}?lang=${value}`); // it holds for that page
  });
}

async function store(language) {
  try {
    localStorage.setItem(scope(await configuration()) + "language", language);
    return true;
  } catch {
    return false; // no configuration, or no room
  }
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
  document.body.replaceChildren(contentOf(kind));
  if (!window.twinlockCatalogue) chooseLanguage();
  await translate();
  root.hidden = false;
  document.title = document.querySelector("h1")?.textContent ?? document.title;
}

// contentOf copies what the server has written for the person, in the page's language.
export function contentOf(kind) {
  const { content } = document.querySelector(`template[data-${kind}]`).cloneNode(true);
  if (words) say(content);
  return content;
}
