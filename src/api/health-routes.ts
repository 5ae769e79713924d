import { Router } from 'express'

/** Whether this process may be given work; what keeps it from that is told on the private port alone. */
export type AskHealth = () => Promise<{ readonly ready: boolean }>

/** /livez: the process answers. /readyz: what it needs is there. One word each, for whoever stands in front of us. */
export function healthRoutes(ask: AskHealth): Router {
  const router = Router()
  router.get('/livez', (_request, response) => {
    response.json({ alive: true })
  })
  router.get('/readyz', async (_request, response) => {
    const { ready } = await ask()
    response.status(ready ? 200 : 503).json({ ready })
  })
  return router
}
