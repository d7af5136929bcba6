// The panel: what the page says when there is no program that could.
import { stopListening } from "./early.js";
import { contentOf } from "./language.js";

// showPanel says why there is no program: with one of the panel's sentences, which may have
// a place for a value.
export function showPanel(why, value = "") {
  stopListening();
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close(); // it would cover the panel
  const panel = contentOf("panel");
  for (const sentence of panel.querySelectorAll("[data-says]")) {
    if (sentence.dataset.says !== why) sentence.remove();
  }
  for (const place of panel.querySelectorAll("[data-is]")) place.textContent = value;
  const button = panel.querySelector("button");
  button.addEventListener("click", () => location.reload());
  const main = document.querySelector("main");
  main.querySelector(".undecided, .skeleton, .profile")?.remove(); // what waits for the program, or needs it
  main.prepend(panel);
  button.focus();
}
