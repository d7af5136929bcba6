// Storage: it is made harmless where the browser blocks it, and cleaned.
import { base, root, isCallback, firstVisit } from "./page.js";
import { nameTab, storedKeys } from "lock";

// mayWait: on a first visit the browser creates its storage when it is first used, which
// takes longer than the page needs to be painted. On a later visit the hint is needed
// before the first frame.
export const mayWait = () => !isCallback && firstVisit();

let opened = false;
export function openStorage() {
  if (opened) return;
  opened = true;
  // Using it throws where site data is blocked, and go-app would end there: it gets one
  // that stores nothing, so that nobody takes what is stored there for kept. A full one
  // stays: what is in it can be read and removed.
  for (const name of ["localStorage", "sessionStorage"]) {
    try {
      window[name].getItem("");
    } catch {
      Object.defineProperty(window, name, { value: noStorage });
    }
  }
  const own = nameTab(base);
  sweep(own);
  // For whom it is, is not known before the configuration is there. The program removes
  // one that is another tenant's.
  if (root.dataset.hint) return; // the last view knows better
  if (storedKeys(base, "hint")[0]) root.dataset.hint = "signed-in";
  else if (storedKeys(base, "tab").some((key) => key.endsWith(own + " signed-out"))) root.dataset.hint = "signed-out";
}

// sweep removes what closed tabs have left after an hour. Of this tab's own login the program
// says that it is too old: somebody may have set the clock meanwhile.
function sweep(own) {
  for (const key of storedKeys(base, "tab").filter((k) => k.split(" ")[6] !== own)) {
    let created = 0;
    try { ({ created } = JSON.parse(localStorage.getItem(key))); } catch {} // not a login
    if (!(Math.abs(Date.now() - created) < 3600000)) localStorage.removeItem(key);
  }
}

const noStorage = { length: 0, key: () => null, getItem: () => null, setItem() {}, removeItem() {}, clear() {} };
