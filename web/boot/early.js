// The page before the program is there. Its dialog is in the document, and a login needs
// no more than login.js. Any other button shows that it was pressed, and is clicked again
// when the program is ready.
import { after, root } from "./page.js";
import { ownPage } from "./language.js";
import { authorizeURL } from "./login.js";
import { ignorePresses, ignoreRepeat, notePointer, wasMeant } from "./presses.js";
import { registerWorker } from "./updates.js";
import { filterConnections } from "lock";

let later = ""; // the selector of what is to be clicked when the program is ready
let focused = ""; // a selector of what had the focus before the program's page was there
let shown = null; // the open dialog: its element, a selector of what has the focus, since when

// departure is a login on its way to the tenant; null where there is none.
export let departure = null;

const listeners = { click: onClick, keydown: ignoreRepeat, pointerdown: notePointer, pointerup: notePointer };

export function listen() {
  for (const [event, listener] of Object.entries(listeners)) addEventListener(event, listener, true);
}

export function stopListening() {
  for (const [event, listener] of Object.entries(listeners)) removeEventListener(event, listener, true);
}

function onClick(e) {
  const button = e.target.closest?.("button");
  const dialog = e.target.closest?.("dialog");
  const meant = wasMeant(e, button ?? e.target);
  if (!button && dialog !== e.target) return;
  e.preventDefault();
  e.stopPropagation();
  if (!meant || button?.disabled || departure || later) return;
  registerWorker(); // somebody who signs in leaves soon
  if (button?.id === "btn-login") return show("lock-login");
  if (button?.dataset.connection) {
    departure = depart(dialog, button);
    return;
  }
  if (dialog === e.target && dialog.classList.contains("deaf")) return; // the backdrop
  if (dialog) return dialog.close(); // its own button, or the backdrop
  const selector = selectorOf(button);
  if (selector) clickLater(selector, button);
}

function clickLater(selector, button) {
  later = selector;
  button.setAttribute("aria-busy", "true");
}

// Named functions: a dialog that is opened again keeps one listener. Closing it cancels
// what was chosen there.
const onClose = () => { shown = null; later = ""; };
const onFocus = ({ target }) => { if (shown) shown.focus = selectorOf(target); };

// selectorOf finds an element again in the program's page; "" where nothing tells it from others.
function selectorOf(element) {
  const attribute = ["id", "data-connection", "aria-label"].find((name) => element.getAttribute(name));
  return attribute ? `[${attribute}="${CSS.escape(element.getAttribute(attribute))}"]` : "";
}

// show opens a dialog, as it was before if it takes the place of another.
function show(id, before = null) {
  const dialog = document.getElementById(id);
  if (!dialog || dialog.open) return;
  shown = { dialog, focus: ":focus", since: before?.since ?? performance.now() };
  if (dialog.showModal) dialog.showModal();
  else dialog.setAttribute("open", "");
  ignorePresses(dialog, shown.since);
  dialog.addEventListener("close", onClose);
  dialog.addEventListener("focusin", onFocus);
  if (!before) return;
  filterConnections(dialog, before.dialog.querySelector("input")?.value);
  dialog.querySelector(before.focus)?.focus();
}

// depart begins a login. One that cannot be begun here is left to the program, which can
// say why.
async function depart(dialog, button) {
  const connection = button.dataset.connection;
  clickLater(selectorOf(button), button);
  const status = document.createElement("p");
  status.className = "quiet";
  status.setAttribute("role", "status");
  const name = document.createElement("bdi"); // as the program draws data
  name.translate = false;
  name.textContent = button.dataset.label;
  const [start, end] = dialog.dataset.opening.split("{connection}");
  status.append(start, name, end ?? "");
  dialog.querySelector(".lock-progress")?.replaceChildren(status);
  let url;
  try {
    url = await authorizeURL(dialog.dataset, connection);
  } catch {} // the program reports it
  if (url && dialog.open) {
    location.assign(url);
    // The program would only redraw a page that is being left. It waits, for the case
    // that the page is not left.
    await after(20000);
  }
  departure = null;
  if (url) later = "";
  if (later) return;
  button.removeAttribute("aria-busy");
  status.remove();
}

// mounting is called by the program when it is about to replace the first element of the
// body by its own page. That must be ours, whatever else has been put there. Only ours is
// moved: what is not ours may answer by moving again.
export function mounting() {
  focused = selectorOf(document.activeElement ?? document.body);
  document.body.prepend(ownPage() ?? document.createElement("div"));
}

// mounted is called by the program when its page is there: the dialog that was open is
// opened in it.
export function mounted() {
  const before = shown;
  shown = null;
  if (before) show(before.dialog.id, before);
  else if (focused) ownPage()?.querySelector(focused)?.focus();
}

// ready is called by the program when its page takes clicks by itself.
export function ready() {
  stopListening();
  // go-app's listener for links would open other hosts in windows that know this one, and look
  // for other paths among its own. The browser follows links by itself.
  window.onclick = null;
  document.getElementById("app-wasm-loader")?.remove();
  root.dataset.ready = "true";
  registerWorker();
  // After the program has drawn what the click is for.
  if (later && !departure) setTimeout(() => document.querySelector(later)?.click(), 50);
}
