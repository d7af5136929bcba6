import { suiteOf } from './auth0-js.flows.js'

suiteOf('auth0-js-10')
