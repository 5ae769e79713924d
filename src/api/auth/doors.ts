import { Router } from 'express'
import { refuseCrossSite } from './csrf.ts'
import type { AuthDeps } from './deps.ts'
import { limitAddresses } from './rate-limits.ts'
import type { LimitDeps } from './rate-limits.ts'
import { signInRoutes } from './sign-in-routes.ts'

/**
 * What stands before the routes: sign-in at /auth; before /api/v1 and /verify the limit by address, and the defence against other
 * sites. Goes before authentication and before bodies are read.
 */
export function authDoors(deps: AuthDeps, limits: LimitDeps): Router {
  const router = Router()
  router.use('/auth', signInRoutes(deps, limits))
  router.use('/verify', limitAddresses(limits))
  router.use('/api/v1', limitAddresses(limits), refuseCrossSite(deps.settings))
  return router
}
