// The boot script: the first code of the page. The server joins and minifies the modules
// of this folder, and the one of package lock, into one file. They only define functions
// and constants; this one calls them. The names that they share with the program, the
// server and the service worker are listed in ../CONTRACT.md.
import { isCallback, isLost, painted, parsed, root, supported } from "./page.js";
import { chooseLanguage, listenForLanguage, readLanguage, showInstead, translate } from "./language.js";
import { keepReferral, readReferral } from "./referral.js";
import { fetchConfiguration } from "./configuration.js";
import { mayWait, openStorage } from "./storage.js";
import { popCallback, readCallback, resolveCallback } from "./callback.js";
import { listen, mounted, mounting, ready } from "./early.js";
import { hearWorker, update } from "./updates.js";
import { early } from "./ask.js";
import { currentView, findLast, showLast } from "./last.js";
import { prepareGoApp } from "./goapp.js";
import { ProgramError, load, repair, run } from "./program.js";
import { showPanel } from "./panel.js";
import { watchPage } from "lock";

async function start() {
  readLanguage();
  readReferral();
  readCallback();
  // All are requested before anything else, because the first use of storage takes its
  // time. The callback's page may be a window that needs no program: one with an opener.
  chooseLanguage();
  findLast();
  fetchConfiguration();
  const program = supported && !(isCallback && window.opener) ? load() : null;
  Object.assign(window, {
    twinlockPopCallback: popCallback,
    twinlockMounting: mounting,
    twinlockMounted: mounted,
    twinlockReady: ready,
    twinlockUpdate: update,
    twinlockView: currentView,
    twinlockEarly: early,
  });
  prepareGoApp();
  listen();
  listenForLanguage();
  watchPage();
  hearWorker();
  // A page that the back button restores from memory still shows the moment at which it
  // was left.
  addEventListener("pageshow", (e) => { if (e.persisted) location.reload(); });
  await parsed;
  await Promise.all([translate(), showLast().catch(() => {})]);
  root.hidden = false;
  if (!supported) {
    return showPanel("old");
  }
  // The start of the program would keep the last view from being painted.
  if (mayWait() || window.twinlockLast) await painted();
  openStorage();
  chooseLanguage(true);
  await translate();
  root.hidden = false;
  keepReferral();
  if (!await resolveCallback()) return;
  try {
    await run(program ?? load()).catch(repair);
    showPanel("stopped");
  } catch (err) {
    console.error(err);
    if (err instanceof ProgramError) showPanel(err.what, err.value);
    else showPanel("unloaded");
  }
}

if (top !== self) showInstead("framed");
else if (isLost) showInstead("lost");
else start();
