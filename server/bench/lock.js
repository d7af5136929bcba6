// The old tutorial's page, as far as the benchmarks need it.
const { Auth0Lock } = require('auth0-lock')

const { issuer, client } = JSON.parse(document.getElementById('lock').dataset.settings)
const lock = new Auth0Lock(client, new URL(issuer).host, {
  configurationBaseUrl: issuer,
  auth: { redirect: true, responseType: 'token id_token', audience: issuer + 'api/v2/', params: { scope: 'openid profile email read:current_user' } },
})
document.getElementById('btn-login').addEventListener('click', () => lock.show())
window.lockReady = true

async function showProfile({ sub, token }) {
  const answer = await fetch(`${issuer}api/v2/users/${encodeURIComponent(sub)}`, { headers: { Authorization: `Bearer ${token}` } })
  for (const identity of (await answer.json()).identities) {
    const row = document.createElement('li')
    row.textContent = `${identity.provider} ${identity.user_id} ${identity.profileData?.email ?? ''}`
    document.getElementById('list').append(row)
  }
}

const kept = localStorage.getItem('session')
if (kept) showProfile(JSON.parse(kept))
