// The person's language: the page is drawn in the site's first one, and the others
// wait in templates.
import { root, parsed } from "./page.js";
import { languagesAsked } from "./referral.js";

// ownPage finds the page by its id: an extension may have put something before or around
// it, or taken it away.
export const ownPage = () => document.getElementById("twinlock");

export function translate() {
  const spoken = (language) => language === root.lang || document.querySelector(`template[data-language="${CSS.escape(language)}"]`);
  const asked = languagesAsked().map(main).find(spoken);
  if (asked) window.twinlockLanguage = asked;
  const template = inLanguage("language");
  if (!template || root.lang === template.dataset.language) return;
  ownPage()?.replaceWith(template.content.firstElementChild.cloneNode(true));
  root.lang = template.dataset.language;
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
  document.title = document.querySelector("h1")?.textContent ?? document.title;
  root.hidden = false;
}

// contentOf copies what the server has written for the person, in their language or the
// site's first one.
export function contentOf(kind) {
  const template = inLanguage(kind) ?? document.querySelector(`template[data-${kind}]`);
  root.lang = template.dataset[kind];
  return template.content.cloneNode(true);
}

const main = (tag) => tag.toLowerCase().split("-")[0];

function inLanguage(kind) {
  const language = main(window.twinlockLanguage ?? navigator.language);
  return document.querySelector(`template[data-${kind}="${CSS.escape(language)}"]`);
}
