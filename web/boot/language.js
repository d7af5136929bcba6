// The person's language: the page is drawn in the site's first one, and the others
// wait in templates.
import { root, parsed } from "./page.js";

// ownPage finds the page by its class: an extension may have put something before it.
export const ownPage = () => document.querySelector("body > .page");

export function translate() {
  const template = inLanguage("language");
  if (!template || root.lang === template.dataset.language) return;
  ownPage().replaceWith(template.content.firstElementChild.cloneNode(true));
  root.lang = template.dataset.language;
}

// showFramed shows, in the place of a page that is framed, a link to the page itself.
// Somebody who frames it could cover it with something else. A header forbids framing,
// but not every host can send it.
export async function showFramed() {
  root.hidden = true;
  await parsed;
  const template = inLanguage("framed") ?? document.querySelector("template[data-framed]");
  root.lang = template.dataset.framed;
  document.body.replaceChildren(template.content.cloneNode(true));
  root.hidden = false;
}

function inLanguage(kind) {
  const language = navigator.language.toLowerCase().split("-")[0];
  return document.querySelector(`template[data-${kind}="${CSS.escape(language)}"]`);
}
