// Storage: it is made usable where the browser blocks it, and cleaned.
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
  // Using it throws where site data is blocked, and go-app would end there: it gets a
  // storage in memory instead.
  for (const name of ["localStorage", "sessionStorage"]) {
    try {
      window[name].setItem("twinlock.probe", "1");
      window[name].removeItem("twinlock.probe");
    } catch {
      Object.defineProperty(window, name, { value: memoryStorage() });
    }
  }
  nameTab(base);
  sweep();
  // For whom it is, is not known before the configuration is there. The program removes
  // one that is another tenant's.
  if (storedKeys(base, "hint").length > 0) root.dataset.hint = "signed-in";
}

// sweep removes what closed tabs have left after an hour.
function sweep() {
  for (const key of storedKeys(base, "tab")) {
    let created = 0;
    try { ({ created } = JSON.parse(localStorage.getItem(key))); } catch {} // not a login
    if (!(Math.abs(Date.now() - created) < 3600000)) localStorage.removeItem(key);
  }
}

function memoryStorage() {
  const values = new Map();
  return {
    get length() { return values.size; },
    key: (i) => [...values.keys()][i] ?? null,
    getItem: (k) => values.get(String(k)) ?? null,
    setItem: (k, v) => { values.set(String(k), String(v)); },
    removeItem: (k) => { values.delete(String(k)); },
    clear: () => values.clear(),
  };
}
