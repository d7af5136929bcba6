// The old tutorial's page, as far as the benchmarks need it: two Locks, and the profile.
const { Auth0Lock } = require('auth0-lock')

const { issuer, client } = JSON.parse(document.getElementById('page').dataset.settings)
const auth = { redirect: true, responseType: 'token id_token', audience: issuer + 'api/v2/' }
const scope = 'openid profile email read:current_user'
const make = (params, options) => new Auth0Lock(client, new URL(issuer).host, {
  configurationBaseUrl: issuer, auth: { ...auth, params: { scope, ...params } }, ...options,
})
const lock = make({}, {})
const lockLink = make({ state: 'linking' }, {
  allowedConnections: ['Username-Password-Authentication', 'facebook', 'google-oauth2'],
  languageDictionary: { title: 'Link with:' },
})
document.getElementById('btn-login').addEventListener('click', () => lock.show())
document.getElementById('btn-link').addEventListener('click', () => lockLink.show())
window.pageReady = true

async function showProfile({ sub, token }) {
  const answer = await fetch(`${issuer}api/v2/users/${encodeURIComponent(sub)}`, { headers: { Authorization: `Bearer ${token}` } })
  const { email, identities } = await answer.json()
  document.getElementById('profile').textContent = email
  for (const identity of identities) {
    const row = document.createElement('li')
    row.textContent = `${identity.provider} ${identity.user_id} ${identity.profileData?.email ?? ''}`
    document.getElementById('list').append(row)
  }
}

const kept = localStorage.getItem('session')
if (kept) showProfile(JSON.parse(kept))
