// What a page of package lock does before its program runs: it gives the tab a name,
// and in a pop-up window it hands the tenant's answer over to the page that has opened
// the window. And it makes the fields work that find a connection, and hides icons that
// do not load, as long as the page is there. See the package's documentation.
//
// A page with a boot script of its own imports the functions. For any other standalone.js,
// which is joined to this file, calls them.

// The names are those of Scope in package browser: parts, separated by spaces.
const part = (text) => text.replaceAll("%", "%25").replaceAll(" ", "%20");

const siteOf = (base) => `twinlock ${part(base)} `;

// scopeOf returns how the names of one client of the site begin. The base is the folder
// of the site, with a slash at both ends.
export const scopeOf = ({ base, issuer, clientId, audience }) =>
  siteOf(base) + [issuer, clientId, audience].map(part).join(" ") + " ";

const isOfKind = (base, kind) => (key) => key.startsWith(siteOf(base)) && key.split(" ")[5] === kind;

// storedKeys returns the keys of one kind in localStorage that the site has for any
// client. There are none where site data is blocked.
export function storedKeys(base, kind) {
  try {
    return Object.keys(localStorage).filter(isOfKind(base, kind));
  } catch {
    return [];
  }
}

// nameTab gives the tab a random name, unless it has one, and returns it; "" where the
// browser does not keep it. The name sets the tab's logins apart in localStorage. They are
// not in sessionStorage, because Chromium shows a page what sessionStorage held at an
// earlier page when a service worker keeps a process alive. What never changes is safe
// there.
export function nameTab(base) {
  const key = siteOf(base) + "tab";
  try {
    if (!sessionStorage.getItem(key)) {
      sessionStorage.setItem(key, crypto.getRandomValues(new Uint32Array(4)).join("-"));
    }
    return sessionStorage.getItem(key) ?? "";
  } catch {
    return ""; // site data is blocked, or there is no room
  }
}

const transactionKey = (base, state) => `tab ${nameTab(base)} twinlock.tx.${state}`;

// storeLogin stores a login that this tab has begun, in localStorage or else in the
// database, and resolves to whether it can be read back there.
export async function storeLogin(base, scope, state, login) {
  if (!nameTab(base)) return false;
  const key = scope + transactionKey(base, state);
  try {
    localStorage.setItem(key, login);
    if (localStorage.getItem(key) === login) return true;
  } catch {} // site data is blocked, or there is no room
  try {
    await inDatabase(base, "readwrite", (vault) => vault.put(login, key));
    return await inDatabase(base, "readonly", (vault) => vault.get(key)) === login;
  } catch {
    return false;
  }
}

// inDatabase makes a request to the site's database, which is that of Vault in package
// browser, and resolves to its result when all is stored.
export function inDatabase(base, mode, request) {
  return new Promise((resolve, reject) => {
    setTimeout(reject, 2000); // some browsers never answer
    const opening = indexedDB.open(siteOf(base).trim(), 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("vault");
    opening.onerror = reject;
    opening.onsuccess = () => {
      const database = opening.result;
      try {
        const transaction = database.transaction("vault", mode, { durability: "strict" });
        const made = request(transaction.objectStore("vault"));
        transaction.oncomplete = () => resolve(made.result);
        transaction.onabort = reject;
      } catch (err) {
        reject(err); // it is damaged
      }
      database.close(); // after the transaction
    };
  });
}

// stateOf returns the state of an answer, which is the query and fragment of an address;
// "" where it has none.
export function stateOf(answer) {
  for (const part of answer.split(/[?#]/)) {
    const state = new URLSearchParams(part).get("state");
    if (state) return state;
  }
  return "";
}

// begunHere resolves to whether this tab has begun the login that an answer is for.
export async function begunHere(base, answer) {
  const state = stateOf(answer);
  if (!state || !nameTab(base)) return false;
  const own = (key) => key.endsWith(" " + transactionKey(base, state));
  if (storedKeys(base, "tab").some(own)) return true;
  try {
    const keys = await inDatabase(base, "readonly", (vault) => vault.getAllKeys());
    return keys.filter(isOfKind(base, "tab")).some(own);
  } catch {
    return false; // nor can the program find it
  }
}

// handOver sends an answer to the page of the scope that waits for it, and resolves to
// whether one has accepted it within a second.
export function handOver(scope, answer) {
  const state = stateOf(answer);
  if (!state || !("BroadcastChannel" in window)) return Promise.resolve(false);
  return new Promise((resolve) => {
    const channel = new BroadcastChannel(scope + "channel");
    const timer = setTimeout(end, 1000, false);
    function end(accepted) {
      clearTimeout(timer);
      channel.close();
      resolve(accepted);
    }
    channel.onmessage = ({ data }) => {
      if (data?.kind === "taken" && data.state === state) end(true);
    };
    channel.postMessage({ kind: "callback", state, data: answer });
  });
}

// filterConnections hides the connections of a dialog whose label does not contain a text,
// and says how many are left. Case and accents do not matter.
export function filterConnections(dialog, text) {
  const box = dialog.querySelector(".lock-filter");
  if (!box) return;
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();
  const all = [...dialog.querySelectorAll("[data-connection]")];
  for (const button of all) button.hidden = !plain(button.dataset.label).includes(plain(text));
  const left = all.filter((button) => !button.hidden);
  box.querySelector("input").value = text;
  const said = left.length ? countedBy(box.dataset.found, left.length) : box.dataset.none;
  const number = (n) => n.toLocaleString(locale());
  box.querySelector("[role=status]").textContent = text &&
    said.replace("{count}", number(left.length)).replace("{total}", number(all.length));
}

// locale is the page's language, with the person's region where their browser prefers one.
function locale() {
  const { lang } = document.documentElement;
  return navigator.languages?.find((tag) => tag.startsWith(lang + "-") && /^[\w-]+$/.test(tag)) ?? (lang || undefined);
}

// countedBy returns a sentence, or of a plural the form for a number.
function countedBy(sentence, n) {
  if (!sentence.startsWith('{"')) return sentence;
  const forms = JSON.parse(sentence);
  return forms[new Intl.PluralRules(locale()).select(n)] ?? forms.other;
}

// watchPage makes the fields work, and empties that of a dialog that is closed. It hides the
// icons of marks that do not load, so that the letters below them are seen: they are lazy,
// and none loads before this script is there.
export function watchPage() {
  const listener = ({ target, type }) => {
    const dialog = target.closest?.("dialog");
    if (target.matches?.(".mark img")) target.hidden = type === "error";
    else if (dialog) filterConnections(dialog, type === "input" ? target.value : "");
  };
  for (const type of ["input", "close", "load", "error"]) document.addEventListener(type, listener, true);
}
