// A referral: an application has sent the person here, to link or to unlink an account. Its
// address begins nothing; the program shows it. See package referral.
import { base, isCallback } from "./page.js";
import { configuration, scope } from "./configuration.js";
import { mayWait } from "./storage.js";
import { nameTab, storedKeys } from "lock";

// readReferral removes it from the address, before anything else is requested: the identity in
// it is to be in no history, and in no log. An application may put it behind a "#", and then no
// server sees it at all.
export function readReferral() {
  const query = [location.search, location.hash.replace("#", "?")].find((part) => /[?&](un)?link=/.test(part));
  if (isCallback || !query) return;
  history.replaceState(null, "", base);
  window.twinlockReferral = query.slice(1);
}

// keepReferral stores it for the pages of this tab to come, since the person may have to sign in
// first.
export async function keepReferral() {
  const query = window.twinlockReferral;
  if (!query) return;
  try {
    const key = `${scope(await configuration())}tab ${nameTab(base)} referral`;
    localStorage.setItem(key, JSON.stringify({ created: Date.now(), query }));
  } catch {} // no configuration, or no room
}

// languagesAsked are those in which the application says that the person reads it.
export function languagesAsked() {
  try {
    const query = window.twinlockReferral ?? (mayWait() ? "" : stored());
    return new URLSearchParams(query).get("ui_locales").split(" ");
  } catch {
    return [];
  }
}

function stored() {
  const key = storedKeys(base, "tab").find((k) => k.endsWith(` ${nameTab(base)} referral`));
  return JSON.parse(localStorage.getItem(key)).query;
}
