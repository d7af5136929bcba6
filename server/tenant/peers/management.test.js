import { Management, ManagementClient, ManagementError } from 'auth0'
import assert from 'node:assert/strict'
import { beforeEach, suite } from 'node:test'

import { version } from './harness/app.js'
import { flow, stage } from './harness/stage.js'
import { machine, seeds } from './harness/tenant.js'

suite(`auth0 ${version('auth0')}`, () => {
  const s = stage()
  let users
  beforeEach(() => { users = makeClient().users })

  const makeClient = (options = {}) =>
    new ManagementClient({ domain: s.tenant.domain, clientId: machine.id, clientSecret: machine.secret, maxRetries: 0, ...options })

  const [provider, id] = seeds.google.id.split('|')
  const google = { provider, user_id: id }

  const statuses = async (path) => (await s.tenant.requests(path)).map((r) => r.status)

  /** Asserts that the call fails with the client's own type of error. */
  const refused = (call, type, body) =>
    assert.rejects(call, (err) => {
      assert.ok(err instanceof type && err instanceof ManagementError, `${err.name}: ${err.message}`)
      for (const [key, value] of Object.entries(body)) assert.equal(err.body[key], value)
      return true
    })

  flow('client credentials', async () => {
    await users.get(seeds.ada.id)
    await users.get(seeds.charles.id)
    assert.deepEqual(await statuses('/oauth/token'), [200]) // the token is kept
  })

  flow('client credentials: wrong secret', async () => {
    await assert.rejects(makeClient({ clientSecret: 'guessed' }).users.get(seeds.ada.id))
    assert.deepEqual(await statuses('/oauth/token'), [401])
  })

  flow('get', async () => {
    const user = await users.get(seeds.ada.id)
    assert.equal(user.email, seeds.ada.email)
    assert.deepEqual(user.user_metadata, { theme: 'dark', phone: '+1' })
    assert.equal(user.identities[0].profileData, undefined)
  })

  flow('get: some fields', async () => {
    assert.deepEqual(await users.get(seeds.ada.id, { fields: 'user_id,email', include_fields: true }), {
      user_id: seeds.ada.id,
      email: seeds.ada.email,
    })
  })

  flow('link', async () => {
    const identities = await users.identities.link(seeds.ada.id, google)
    assert.deepEqual(identities.map((i) => i.user_id), [seeds.ada.id.split('|')[1], id])
    assert.ok(identities.every((i) => i.profileData))
    assert.equal((await s.tenant.user(seeds.ada.id)).identities.length, 2)
    assert.equal(await s.tenant.user(seeds.google.id), undefined)
    assert.deepEqual((await s.tenant.user(seeds.ada.id)).user_metadata, { theme: 'dark', phone: '+1' })
  })

  flow('link: the id may be prefixed', async () => {
    assert.equal((await users.identities.link(seeds.ada.id, { provider, user_id: seeds.google.id })).length, 2)
  })

  flow('unlink', async () => {
    await users.identities.link(seeds.ada.id, google)
    assert.equal((await users.identities.delete(seeds.ada.id, provider, id)).length, 1)
    const alone = await s.tenant.user(seeds.google.id)
    assert.equal(alone.identities.length, 1)
    assert.equal(alone.user_metadata, undefined)
  })

  flow('unlink: a prefixed id removes nothing', async () => {
    await users.identities.link(seeds.ada.id, google)
    assert.equal((await users.identities.delete(seeds.ada.id, provider, seeds.google.id)).length, 2)
    assert.equal((await s.tenant.user(seeds.ada.id)).identities.length, 2)
    assert.equal(await s.tenant.user(seeds.google.id), undefined)
  })

  flow('update', async () => {
    const user = await users.update(seeds.ada.id, { user_metadata: { theme: null, languages: ['en'] }, app_metadata: { plan: 'free' } })
    assert.deepEqual(user.user_metadata, { phone: '+1', languages: ['en'] })
    const held = await users.get(seeds.ada.id)
    assert.deepEqual(held.user_metadata, { phone: '+1', languages: ['en'] })
    assert.deepEqual(held.app_metadata, { plan: 'free' })
  })

  flow('errors: BadRequestError', async () => {
    await refused(users.identities.delete(seeds.ada.id, 'auth0', seeds.ada.id.split('|')[1]), Management.BadRequestError, {
      statusCode: 400,
      message: 'Main identity cannot be removed.',
    })
    assert.equal((await s.tenant.user(seeds.ada.id)).identities.length, 1)
  })

  flow('errors: UnauthorizedError', () =>
    refused(makeClient({ token: 'not-a-token' }).users.get(seeds.ada.id), Management.UnauthorizedError, { statusCode: 401 }))

  flow('errors: ForbiddenError', () =>
    refused(makeClient({ clientId: machine.reader.id, clientSecret: machine.reader.secret }).users.identities.link(seeds.ada.id, google), Management.ForbiddenError, {
      errorCode: 'insufficient_scope',
      message: 'Insufficient scope, expected any of: update:users,update:current_user_identities',
    }))

  flow('errors: NotFoundError', () =>
    refused(users.get('auth0|000000000000000000000000'), Management.NotFoundError, {
      errorCode: 'inexistent_user',
      message: 'The user does not exist.',
    }))

  flow('errors: ConflictError', async () => {
    await users.identities.link(seeds.ada.id, google)
    await refused(users.identities.link(seeds.charles.id, google), Management.ConflictError, { statusCode: 409 })
    assert.equal((await s.tenant.user(seeds.charles.id)).identities.length, 1)
  })

  const calls = 80

  flow('errors: TooManyRequestsError', async () => {
    const answers = await Promise.allSettled(Array.from({ length: calls }, () => users.get(seeds.ada.id)))
    const refusals = answers.filter((a) => a.status === 'rejected').map((a) => a.reason)
    assert.ok(refusals.length > 0 && refusals.length < calls, `${refusals.length} of ${calls} refused`)
    for (const err of refusals) {
      assert.ok(err instanceof Management.TooManyRequestsError, err.name)
      assert.equal(err.body.errorCode, 'too_many_requests')
      assert.equal(err.rawResponse.headers.get('X-RateLimit-Remaining'), '0')
      assert.ok(Number(err.rawResponse.headers.get('X-RateLimit-Reset')) * 1000 >= Date.now() - 2000)
    }
  })

  flow('rate limit: the client\'s own retries get through', async () => {
    users = makeClient({ maxRetries: 5 }).users
    const answers = await Promise.all(Array.from({ length: calls }, () => users.get(seeds.ada.id)))
    assert.ok(answers.every((user) => user.user_id === seeds.ada.id))
    assert.ok((await statuses(`/api/v2/users/${seeds.ada.id}`)).includes(429))
  })
})
