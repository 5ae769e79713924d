import type { DocumentFormat, DocumentRequest } from '../../src/documents/documents.ts'
import { localDate } from '../../src/lib/time.ts'
import { freshDatabase } from './database.ts'
import type { FreshDatabase } from './database.ts'
import * as p from './papers.ts'
import * as s from './statements.ts'
import { AMOUNT, leader } from './town.ts'

/** Direction marks, NFD, a formula, brackets and backslashes, as a bank may write them, and how they are shown. */
const HOSTILE = '=HYPERLINK("http://x.vn")\u202e(\\)Ma\u0302\u0303u'
export const shownHostile = '=HYPERLINK("http://x.vn")(\\)Mẫu'
export const statement = 'st-2023-08-04'
export const dong = (amount: bigint | string) =>
  String(amount).replaceAll(/\B(?=(\d{3})+(?!\d))/g, '.')
export const squeezed = (text: string) => text.replaceAll(' ', '')

/** Five payments through the wallet: two are on a statement, one of them came back, and a line is nobody’s. All is sealed. */
export async function paidMonth() {
  const database = await freshDatabase()
  const { unit, references } = await s.fivePayments(database)
  const [first = '', second = ''] = references
  const moved = { reference: `move:${unit}`, amount: 1_000_000_000n, direction: 'credit' } as const
  await s.importOf(database, unit, s.statementOf([s.line({ ...moved, kind: 'transfer' })]))
  const back = { direction: 'credit', kind: 'return', reason: 'AC04' } as const
  const lines = [
    s.line({ reference: first, amount: AMOUNT }),
    s.line({ reference: second, amount: AMOUNT }),
    s.line({ reference: second, amount: AMOUNT, ...back }),
    s.line({ reference: HOSTILE, amount: 77_777n, reason: HOSTILE }),
  ]
  const day = localDate('2023-08-04')
  await s.importOf(
    database,
    unit,
    s.statementOf(lines, { day, id: statement, opening: 1_000_000_000n }),
  )
  await s.match(database)
  await s.suspend(database)
  await p.sealPosted(database)
  return { references, ...papersOf(database), ...(await secondOf(database, second)) }
}

function papersOf(database: FreshDatabase) {
  const seen = (request: DocumentRequest, format: DocumentFormat = 'pdf', by = leader) =>
    p.viewed(database, by, request, format)
  return {
    database,
    seen,
    query: async (sql: string, values: unknown[] = []) =>
      (await database.admin.query<Record<string, string>>(sql, values)).rows,
    read: (request: DocumentRequest, name: string | null) => p.properText(database, request, name),
  }
}

async function secondOf({ admin }: FreshDatabase, reference: string) {
  const { rows } = await admin.query<{ id: string; commune: number; name: string; order: string }>(
    `select p.id, p.commune_id as commune, p.full_name as name, i.order_id as "order" from instruction i
       join entitlement e on e.number = i.entitlement_number join person p on p.id = e.person_id where i.reference = $1`,
    [reference],
  )
  const { id = '', commune = 0, name = '', order = '' } = rows[0] ?? {}
  return { person: { id, commune, name }, orderId: order }
}
