import { randomBytes } from 'node:crypto'
import express, { Router } from 'express'
import type { Request, Response } from 'express'
import { documents } from '../documents/documents.ts'
import type { Act, PersonId } from '../lib/act.ts'
import type { Kernel } from './answering.ts'
import { multipartOf } from './bodies.ts'
import { onlyFile } from './files.ts'
import { escapeHtml } from './html.ts'
import { Refusal } from './problem.ts'

/** Anybody: nothing of a person is said, so the whole province may be looked through. */
const ANYBODY: Act = {
  actor: '00000000-0000-7000-8000-000000000000' as PersonId,
  via: 'verify-page',
  scope: 'province',
}

/** A paper of 5,000 lines has 3 MB. */
const FILE_MAX = '24mb'
/** Rows are read again for each question: as many at once, whoever asks. */
const AT_ONCE_MAX = 2

type Shown = Parameters<typeof documents.verify>[3]

/**
 * GET /verify: a page on which whoever holds a paper asks whether it is genuine, by its QR (`c`, `r`) or by sending its file
 * (POST). Needs no sign-in and no script; says nothing of a person.
 */
export function verifyPage(kernel: Kernel): Router {
  const router = Router()
  const ask = limited((shown) => verdictOf(kernel, shown))
  router.get('/verify', async (request, response) => {
    const shown = paperIn(request)
    page(response, shown === null ? FORM_ONLY : await ask(shown))
  })
  const reader = express.raw({ limit: FILE_MAX, type: 'multipart/form-data' })
  router.post('/verify', reader, async (request, response) => {
    const shown = fileIn(request)
    page(response, shown === null ? NO_FILE : await ask(shown))
  })
  return router
}

interface Said {
  readonly status: number
  readonly lines: readonly string[]
}

const FORM_ONLY: Said = { status: 200, lines: [] }
const NO_FILE: Said = { status: 400, lines: ['✗ Chọn đúng một tệp PDF rồi gửi lại'] }
const BUSY: Said = { status: 503, lines: ['! Đang có nhiều người kiểm tra: thử lại sau ít giây'] }

function limited(ask: (shown: Shown) => Promise<Said>): (shown: Shown) => Promise<Said> {
  let asking = 0
  return async (shown) => {
    if (asking >= AT_ONCE_MAX) return BUSY
    asking += 1
    try {
      return await ask(shown)
    } finally {
      asking -= 1
    }
  }
}

async function verdictOf({ db, services: { vault } }: Kernel, shown: Shown): Promise<Said> {
  const verdict = await db.transact(
    ANYBODY,
    (tx) => documents.verify(tx, vault, ANYBODY, shown),
    'RepeatableRead',
  )
  return { status: 200, lines: documents.verdictWords(verdict) }
}

/** What a QR says; null when nothing is asked. */
function paperIn({ query }: Request): Shown | null {
  const { c: code, r: rowsStart = '' } = query
  if (typeof code !== 'string' || typeof rowsStart !== 'string') return null
  return { code: code.slice(0, 40), rowsStart: rowsStart.slice(0, 64) }
}

function fileIn(request: Request): Shown | null {
  try {
    const body = multipartOf(request)
    if (body === null) return null
    return documents.shownFile(onlyFile(body).bytes)
  } catch (error) {
    if (error instanceof Refusal) return null
    throw error
  }
}

const STYLE = `body{font:18px/1.6 system-ui,sans-serif;margin:2rem auto;max-width:40rem;padding:0 1rem}
ul{list-style:none;padding:1rem;border:2px solid #333}button,input{font:inherit;margin:.5rem 0}li{overflow-wrap:anywhere}`

function page(response: Response, { status, lines }: Said): void {
  const nonce = randomBytes(16).toString('base64')
  const policy = `default-src 'none'; style-src 'nonce-${nonce}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`
  response.set('Content-Security-Policy', policy).status(status)
  if (status === 503) response.set('Retry-After', '5')
  const said = lines.map((line) => `<li>${escapeHtml(line)}</li>`).join('')
  response.type('html').send(`<!doctype html><html lang="vi"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Kiểm tra văn bản</title><style nonce="${nonce}">${STYLE}</style>
<h1>Kiểm tra văn bản</h1>${said === '' ? '' : `<ul role="status">${said}</ul>`}
<p>Gửi tệp PDF đã nhận để biết: đúng là bản đã phát hành, đã bị sửa, hay không có; lập theo khối niêm phong nào; các dòng còn
đúng với sổ không; đã có văn bản thay thế chưa. Không cần đăng nhập, tệp không được lưu lại.</p>
<form method="post" action="/verify" enctype="multipart/form-data"><label for="file">Tệp PDF</label><br>
<input id="file" type="file" name="file" accept="application/pdf" required><br><button>Kiểm tra</button></form></html>`)
}
