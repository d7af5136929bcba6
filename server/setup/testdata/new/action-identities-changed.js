// Tells people by e-mail when a way to sign in is added to their account or taken away, and ends the
// account's sessions and refresh tokens when one is taken away: RECIPES.md. The page works without it.
//
// Where: an Action of an event stream of user.updated (Enterprise plans, Early Access).
//   https://auth0.com/docs/customize/events/create-an-event-stream
//   https://auth0.com/docs/customize/actions/explore-triggers/event-stream
// Secrets:
//   CLIENT_ID, CLIENT_SECRET   of a machine-to-machine application that may ask the Management API for
//                              delete:sessions and delete:refresh_tokens, and for nothing else
//   MAIL_URL, MAIL_KEY         a service that takes mail as https://resend.com/docs/api-reference/emails/send-email
//   MAIL_FROM                  who it is from
const tenant = "https://acme.eu.auth0.com/";
const page = "https://accounts.example.com/";
const brand = "Example Accounts";
const labels = {"Username-Password-Authentication":"Email and password","google-oauth2":"Google"};

exports.onExecuteEventStream = async (event) => {
  const { id, type, time, a0purpose, data } = event.message;
  if (type !== "user.updated" || a0purpose === "test") return;
  const { object: now, previous_object: before } = data;
  if (!before) return; // it is there "when applicable": without it nothing is known to have changed
  const changes = [
    ...without(now, before).map((identity) => ({ identity, what: "linked" })),
    ...without(before, now).map((identity) => ({ identity, what: "unlinked" })),
  ];

  let mails = 0;
  const failures = [];
  const attempt = (work) => work.catch((error) => failures.push(error.message));
  if (changes.some(({ what }) => what === "unlinked")) await attempt(endSessions(now.user_id, event.secrets));
  for (const { identity, what } of changes) {
    // The audit line. Auth0 keeps 256 characters of it: https://auth0.com/docs/customize/actions/limitations
    console.log(JSON.stringify({ twinlock: what, identity: key(identity), user: now.user_id, event: id }));
    for (const to of addresses(before, now)) {
      const label = labels[identity.connection] ?? identity.connection;
      await attempt(mail(to, what, label, time, `${id}-${mails++}`, event.secrets));
    }
  }
  if (failures.length > 0) throw new Error(failures.join("; ")); // then Auth0 delivers the event again
};

const key = ({ provider, user_id }) => `${provider}|${user_id}`;

// The identities of one user that the other does not have.
const without = (user, other) => user.identities.filter((i) => !other.identities.some((o) => key(o) === key(i)));

// The verified addresses of the account and of all its identities. Another one may be a stranger's.
const addresses = (...users) =>
  new Set(
    users
      .flatMap((user) => [user, ...user.identities.map((i) => i.profileData ?? {})])
      .filter(({ email, email_verified }) => email && email_verified === true)
      .map(({ email }) => email.toLowerCase()),
  );

// Access tokens stay valid until they expire: nobody can end those.
// https://auth0.com/docs/api/management/v2/users/delete-sessions-for-user
// https://auth0.com/docs/api/management/v2/users/delete-refresh-tokens-for-user
async function endSessions(user_id, secrets) {
  const answer = await send("POST", `${tenant}oauth/token`, {}, {
    grant_type: "client_credentials",
    client_id: secrets.CLIENT_ID,
    client_secret: secrets.CLIENT_SECRET,
    audience: `${tenant}api/v2/`,
  });
  const Authorization = `Bearer ${(await answer.json()).access_token}`;
  const user = `${tenant}api/v2/users/${encodeURIComponent(user_id)}`;
  await send("DELETE", `${user}/refresh-tokens`, { Authorization });
  await send("DELETE", `${user}/sessions`, { Authorization });
}

// No name, address or id of an account is in the mail: not every reader has to be its owner. An event
// that comes again sends no second mail: https://resend.com/docs/dashboard/emails/idempotency-keys
async function mail(to, what, label, time, once, secrets) {
  const [subject, then] =
    what === "linked"
      ? [`${label} was added to your account at ${brand}`, "Whoever has it can sign in to your account."]
      : [`${label} was removed from your account at ${brand}`, "It does not sign in to your account any more."];
  const text = `${subject} (${time}). ${then}\n\nIf that was not you, look at ${page} and tell us at once.`;
  const headers = { Authorization: `Bearer ${secrets.MAIL_KEY}`, "Idempotency-Key": once };
  await send("POST", secrets.MAIL_URL, headers, { from: secrets.MAIL_FROM, to, subject, text });
}

async function send(method, url, headers, body) {
  const answer = await fetch(url, {
    method,
    headers: { "Content-Type": "application/json", ...headers },
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(4000),
  });
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status}`);
  return answer;
}
