import { createHash, randomBytes } from 'node:crypto'
import { Router } from 'express'
import { openApiOf } from './openapi.ts'
import type { Route } from './route.ts'
import { escapeHtml } from './html.ts'

/**
 * Serves the interface's own description: /api/openapi.json, and /api/docs, a page of plain HTML that needs no script and
 * nothing from elsewhere.
 */
export function documentRoutes(routes: readonly Route[]): Router {
  const router = Router()
  const json = JSON.stringify(openApiOf(routes))
  const etag = `"${createHash('sha256').update(json).digest('base64url').slice(0, 27)}"`
  router.get('/api/openapi.json', (_request, response) => {
    response.set('ETag', etag).type('application/json').send(json)
  })
  router.get('/api/docs', (_request, response) => {
    const nonce = randomBytes(16).toString('base64')
    response.set(
      'Content-Security-Policy',
      `default-src 'none'; style-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    )
    response.type('html').send(pageOf(routes, nonce))
  })
  return router
}

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem}
code,pre{font:14px/1.4 ui-monospace,monospace}pre{background:#f4f4f4;padding:.75rem;overflow:auto}
summary{cursor:pointer;padding:.35rem 0}b{display:inline-block;min-width:4.5rem}`

function pageOf(routes: readonly Route[], nonce: string): string {
  const tags = [...new Set(routes.map(({ tag }) => tag))]
  const sections = tags.map(
    (tag) =>
      `<h2>${escapeHtml(tag)}</h2>${routes
        .filter((route) => route.tag === tag)
        .map(sectionOf)
        .join('')}`,
  )
  return `<!doctype html><html lang="vi"><meta charset="utf-8"><title>An Sinh Ledger: API</title>
<style nonce="${nonce}">${STYLE}</style><h1>An Sinh Ledger: API</h1>
<p>OpenAPI 3.1: <a href="/api/openapi.json">/api/openapi.json</a></p>${sections.join('')}</html>`
}

function sectionOf(route: Route): string {
  const { method, path, summary, permission, twoPeople, examples } = route
  const second =
    twoPeople === undefined ? '' : `, xác nhận / confirmed: <code>${twoPeople.confirm}</code>`
  const example = (name: string, value: unknown) =>
    value === undefined
      ? ''
      : `<p>${name}</p><pre>${escapeHtml(JSON.stringify(value, null, 2))}</pre>`
  return `<details><summary><b>${method}</b> <code>${escapeHtml(path)}</code> ${escapeHtml(summary.vi)}</summary>
<p lang="en">${escapeHtml(summary.en)}</p><p>Quyền / permission: <code>${permission}</code>${second}</p>
${example('Nội dung / body', examples.body)}${example('Trả lời / answer', examples.answer)}</details>`
}
