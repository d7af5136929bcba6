// A page of auth0-spa-js in its sample's way: exchange the code, then show the profile.
const { createAuth0Client } = require('@auth0/auth0-spa-js')

const { issuer, client } = JSON.parse(document.getElementById('page').dataset.settings)

async function start() {
  const auth0 = await createAuth0Client({
    domain: issuer.replace(/\/$/, ''), clientId: client,
    authorizationParams: { redirect_uri: `${location.origin}/callback`, connection: 'Username-Password-Authentication' },
  })
  document.getElementById('btn-login').addEventListener('click', () => auth0.loginWithRedirect())
  window.pageReady = true
  if (new URLSearchParams(location.search).has('code')) {
    await auth0.handleRedirectCallback()
    history.replaceState({}, '', '/')
  }
  const user = await auth0.getUser()
  if (user) document.getElementById('profile').textContent = user.email
}

start()
