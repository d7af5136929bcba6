import { Management, ManagementClient, ManagementError } from 'auth0'
import assert from 'node:assert/strict'
import { beforeEach, suite, test } from 'node:test'

import { version } from './harness/app.js'
import { brief, stage } from './harness/stage.js'
import { machine, reader, seeds } from './harness/tenant.js'

suite(`auth0 ${version('auth0')}`, () => {
  const s = stage({})
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

  test('client credentials', brief, async () => {
    await users.get(seeds.ada.id)
    await users.get(seeds.charles.id)
    assert.deepEqual(await statuses('/oauth/token'), [200]) // the token is kept
  })

  test('client credentials: wrong secret', brief, async () => {
    await assert.rejects(makeClient({ clientSecret: 'guessed' }).users.get(seeds.ada.id))
    assert.deepEqual(await statuses('/oauth/token'), [401])
  })

  test('get', brief, async () => {
    const user = await users.get(seeds.ada.id)
    assert.equal(user.email, seeds.ada.email)
    assert.deepEqual(user.user_metadata, { theme: 'dark', phone: '+1' })
    assert.equal(user.identities[0].profileData, undefined)
  })

  test('get: some fields', brief, async () => {
    assert.deepEqual(await users.get(seeds.ada.id, { fields: 'user_id,email', include_fields: true }), {
      user_id: seeds.ada.id,
      email: seeds.ada.email,
    })
  })

  test('link', brief, async () => {
    const identities = await users.identities.link(seeds.ada.id, google)
    assert.deepEqual(identities.map((i) => i.user_id), [seeds.ada.id.split('|')[1], id])
    assert.ok(identities.every((i) => i.profileData))
    assert.equal((await s.tenant.user(seeds.ada.id)).identities.length, 2)
    assert.equal(await s.tenant.user(seeds.google.id), undefined)
    assert.deepEqual((await s.tenant.user(seeds.ada.id)).user_metadata, { theme: 'dark', phone: '+1' })
  })

  test('link: the id may be prefixed', brief, async () => {
    assert.equal((await users.identities.link(seeds.ada.id, { provider, user_id: seeds.google.id })).length, 2)
  })

  test('unlink', brief, async () => {
    await users.identities.link(seeds.ada.id, google)
    assert.equal((await users.identities.delete(seeds.ada.id, provider, id)).length, 1)
    const alone = await s.tenant.user(seeds.google.id)
    assert.equal(alone.identities.length, 1)
    assert.equal(alone.user_metadata, undefined)
  })

  test('unlink: a prefixed id removes nothing', brief, async () => {
    await users.identities.link(seeds.ada.id, google)
    assert.equal((await users.identities.delete(seeds.ada.id, provider, seeds.google.id)).length, 2)
    assert.equal((await s.tenant.user(seeds.ada.id)).identities.length, 2)
    assert.equal(await s.tenant.user(seeds.google.id), undefined)
  })

  test('update', brief, async () => {
    const user = await users.update(seeds.ada.id, { user_metadata: { theme: null, languages: ['en'] }, app_metadata: { plan: 'free' } })
    assert.deepEqual(user.user_metadata, { phone: '+1', languages: ['en'] })
    const held = await users.get(seeds.ada.id)
    assert.deepEqual(held.user_metadata, { phone: '+1', languages: ['en'] })
    assert.deepEqual(held.app_metadata, { plan: 'free' })
  })

  test('errors: BadRequestError', brief, async () => {
    await refused(users.identities.delete(seeds.ada.id, 'auth0', seeds.ada.id.split('|')[1]), Management.BadRequestError, {
      statusCode: 400,
      message: 'Main identity cannot be removed.',
    })
    assert.equal((await s.tenant.user(seeds.ada.id)).identities.length, 1)
  })

  test('errors: UnauthorizedError', brief, () =>
    refused(makeClient({ token: 'not-a-token' }).users.get(seeds.ada.id), Management.UnauthorizedError, { statusCode: 401 }))

  test('errors: ForbiddenError', brief, () =>
    refused(makeClient({ clientId: reader.id, clientSecret: reader.secret }).users.identities.link(seeds.ada.id, google), Management.ForbiddenError, {
      errorCode: 'insufficient_scope',
      message: 'Insufficient scope, expected any of: update:users,update:current_user_identities',
    }))

  test('errors: NotFoundError', brief, () =>
    refused(users.get('auth0|000000000000000000000000'), Management.NotFoundError, {
      errorCode: 'inexistent_user',
      message: 'The user does not exist.',
    }))

  test('errors: ConflictError', brief, async () => {
    await users.identities.link(seeds.ada.id, google)
    await refused(users.identities.link(seeds.charles.id, google), Management.ConflictError, { statusCode: 409 })
    assert.equal((await s.tenant.user(seeds.charles.id)).identities.length, 1)
  })

  suite('rate limit of the free plan', () => {
    const s = stage({ tenant: { rate_limit: { per_second: 2, burst: 2 } } })
    const getTimes = (calls, options) => {
      const { users } = new ManagementClient({ domain: s.tenant.domain, clientId: machine.id, clientSecret: machine.secret, ...options })
      return Promise.allSettled(Array.from({ length: calls }, () => users.get(seeds.ada.id)))
    }

    test('TooManyRequestsError', brief, async () => {
      const refusals = (await getTimes(10, { maxRetries: 0 })).filter((a) => a.status === 'rejected').map((a) => a.reason)
      assert.ok(refusals.length > 0 && refusals.length < 10, `${refusals.length} of 10 refused`)
      for (const err of refusals) {
        assert.ok(err instanceof Management.TooManyRequestsError, err.name)
        assert.equal(err.body.errorCode, 'too_many_requests')
        assert.equal(err.rawResponse.headers.get('X-RateLimit-Limit'), '2')
        assert.equal(err.rawResponse.headers.get('X-RateLimit-Remaining'), '0')
        assert.match(err.rawResponse.headers.get('X-RateLimit-Reset'), /^\d{10}$/)
      }
    })

    test('the client\'s own retries get through', brief, async () => {
      const answers = await getTimes(6, { maxRetries: 5 })
      assert.deepEqual(answers.map((a) => a.status), Array(6).fill('fulfilled'))
      const statuses = (await s.tenant.requests(`/api/v2/users/${seeds.ada.id}`)).map((r) => r.status)
      assert.ok(statuses.includes(429), `${statuses}`)
    })
  })
})
