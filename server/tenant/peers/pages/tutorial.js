// The program of Auth0's tutorial "Linking Accounts", in its order and with
// its names: two Locks, told apart by a state. Access tokens stand where the
// tutorial sent ID tokens, which the Management API refuses since 2018.
const { clientID, domain, redirect } = window.settings

const scope = 'openid profile email read:current_user update:current_user_identities'
const auth = { redirect, responseType: 'token id_token', audience: `https://${domain}/api/v2/`, params: { scope } }

const lock = new window.Auth0Lock(clientID, domain, { auth, autoclose: true })

const lockLink = new window.Auth0Lock(clientID, domain, {
  auth: { ...auth, params: { scope, state: 'linking' } },
  autoclose: true,
  allowedConnections: ['Username-Password-Authentication', 'facebook', 'google-oauth2'],
  languageDictionary: { title: 'Link with:' },
})

const element = (id) => document.getElementById(id)
const tell = (problem) => { element('problem').textContent = problem }

// Both Locks hear of every login.
lock.on('authenticated', (authResult) => {
  if (authResult.state === 'linking') return
  localStorage.setItem('access_token', authResult.accessToken)
  lock.getUserInfo(authResult.accessToken, (err, profile) => {
    if (err) return tell(err.message)
    localStorage.setItem('user_id', profile.sub)
    fetchProfile()
  })
})

lockLink.on('authenticated', (authResult) => {
  if (authResult.state === 'linking') linkAccount(authResult.idToken)
})

lock.on('unrecoverable_error', (err) => tell(err.message))

async function call(method, path, body) {
  const user = encodeURIComponent(localStorage.getItem('user_id'))
  const answer = await fetch(`https://${domain}/api/v2/users/${user}${path}`, {
    method,
    headers: {
      Accept: 'application/json',
      Authorization: `Bearer ${localStorage.getItem('access_token')}`,
      'Content-Type': 'application/json',
    },
    body,
  })
  if (!answer.ok) return tell(`Request failed: ${answer.status}`)
  return answer.json()
}

async function fetchProfile() {
  const profile = await call('GET', '')
  if (profile) showUserIdentities(profile)
}

async function linkAccount(idToken) {
  if (await call('POST', '/identities', JSON.stringify({ link_with: idToken }))) fetchProfile()
}

async function unlinkAccount(identity) {
  if (await call('DELETE', `/identities/${identity.provider}/${identity.user_id}`)) fetchProfile()
}

function showUserIdentities(profile) {
  element('login').hidden = true
  element('logged').hidden = false
  const linked = profile.identities.filter((i) => profile.user_id !== `${i.provider}|${i.user_id}`)
  element('linked-accounts-list').replaceChildren(...linked.map((identity) => {
    const button = Object.assign(document.createElement('button'), { type: 'button', className: 'unlink-account', textContent: 'Unlink' })
    button.addEventListener('click', () => unlinkAccount(identity))
    const item = document.createElement('li')
    item.append(`${identity.connection} ${identity.profileData.name} `, button)
    return item
  }))
}

element('btn-login').addEventListener('click', () => lock.show())
element('btn-link-account').addEventListener('click', () => lockLink.show())
element('btn-logout').addEventListener('click', () => {
  localStorage.clear()
  lock.logout({ returnTo: `${location.origin}/` })
})

if (localStorage.getItem('user_id')) fetchProfile()
