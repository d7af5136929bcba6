// The panel: what the page says when there is no program that could.
import { stopListening } from "./early.js";

export function showPanel(sentence) {
  stopListening();
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close(); // it would cover the panel
  const text = document.createElement("p");
  text.setAttribute("role", "alert");
  text.textContent = sentence;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = "Reload";
  button.addEventListener("click", () => location.reload());
  const notice = document.createElement("div");
  notice.className = "notice notice-bad";
  notice.append(text, button);
  const box = document.createElement("div");
  box.className = "boot-panel";
  box.append(notice);
  document.body.append(box);
  button.focus();
}
