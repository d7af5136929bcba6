// Tells the page, when somebody signs in there, that another account with the same verified address
// exists: RECIPES.md. It tells that and nothing else: no name, no id, no way to sign in. The page works
// without it.
//
// Where: an Action of the trigger post-login.
//   https://auth0.com/docs/customize/actions/explore-triggers/post-login
// Secrets:
//   CLIENT_ID, CLIENT_SECRET   of a machine-to-machine application that may ask the Management API for
//                              read:users, and for nothing else
const tenant = "https://acme.eu.auth0.com/";
const client = "abc";
const connections = ["a.b","a_b"]; // those that the page offers
const claim = "twinlock_other_account";

exports.onExecutePostLogin = async (event, api) => {
  const { user } = event;
  if (event.client.client_id !== client) return;
  if (event.transaction?.protocol === "oauth2-refresh-token") return; // once a login is enough
  if (!user.email || user.email_verified !== true) return; // whoever only claims the address learns nothing
  try {
    if (await hasOther(user, event.secrets, api.cache)) api.idToken.setCustomClaim(claim, true);
  } catch (error) {
    console.log(`twinlock: no suggestion: ${error.message}`); // that keeps nobody from signing in
  }
};

// The search minds the case of letters, and addresses in a database of Auth0 have small ones. It finds
// an account by its own address only, so not one that is linked already.
// https://auth0.com/docs/manage-users/user-search/retrieve-users-with-get-users-by-email-endpoint
async function hasOther(user, secrets, cache) {
  for (const email of new Set([user.email, user.email.toLowerCase()])) {
    const query = `email=${encodeURIComponent(email)}&fields=user_id,email_verified,blocked,identities`;
    const found = await ask("GET", `api/v2/users-by-email?${query}`, { Authorization: `Bearer ${await token(secrets, cache)}` });
    const suits = (other) =>
      other.user_id !== user.user_id &&
      other.email_verified === true &&
      other.blocked !== true &&
      other.identities.some(({ connection }) => connections.includes(connection));
    if (found.some(suits)) return true;
  }
  return false;
}

// One token for many logins.
async function token(secrets, cache) {
  const kept = cache.get("token");
  if (kept) return kept.value;
  const { access_token, expires_in } = await ask("POST", "oauth/token", {}, {
    grant_type: "client_credentials",
    client_id: secrets.CLIENT_ID,
    client_secret: secrets.CLIENT_SECRET,
    audience: `${tenant}api/v2/`,
  });
  cache.set("token", access_token, { ttl: (expires_in / 2) * 1000 });
  return access_token;
}

async function ask(method, path, headers, body) {
  const answer = await fetch(tenant + path, {
    method,
    headers: { "Content-Type": "application/json", ...headers },
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(2000), // nobody waits longer for a suggestion
  });
  if (!answer.ok) throw new Error(`${path.split("?")[0]}: ${answer.status}`);
  return answer.json();
}
