// What the module does by itself in a page that has no boot script of its own: its script
// element has the attribute data-lock.
const own = document.querySelector("script[data-lock]");
if (own) {
  const { lock: base, issuer, clientId, audience = "" } = own.dataset;
  const answer = location.search + location.hash;
  nameTab(base);
  watchPage();
  begunHere(base, answer)
    .then((begun) => !begun && handOver(scopeOf({ base, issuer, clientId, audience }), answer))
    .then((accepted) => { if (accepted) window.close(); });
}
