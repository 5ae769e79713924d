import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import type { Action } from '../access/access.ts'
import type { Act, PersonId } from '../lib/act.ts'
import { ledger } from '../ledger/ledger.ts'
import { recordActs } from '../lib/audit.ts'
import { createBarrier } from '../lib/barrier.ts'
import { invariant } from '../lib/errors.ts'
import { localDate, monthOf } from '../lib/time.ts'
import { payouts } from '../payouts/payouts.ts'
import { reconciliation } from '../reconciliation/reconciliation.ts'
import { registry } from '../registry/registry.ts'
import { auditLines } from './audit-export.ts'
import { kind } from './job-kind.ts'
import { listPapersJob } from './list-papers-job.ts'
import { paperIssueJob, paperJob } from './paper-job.ts'

const day = z.iso.date().transform((text) => localDate(text))

const TYPES = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const

/** A file of the registry, as `registry.exports` writes it: the count that the screen showed, or nothing. */
const registryExport = kind({
  // Numbers in clear take the permission to see them, not only that to take files.
  actions: ({ purpose }) => (purpose === null ? ['exports.use'] : ['exports.use', 'people.reveal']),
  request: z.strictObject({
    what: z.enum(['people', 'enrolments', 'accounts', 'deaths']),
    format: z.enum(['csv', 'xlsx']),
    communeId: z.int().nullable(),
    on: day,
    count: z.int(),
    purpose: z.string().nullable(),
  }),
  run: async ({ db, vault, by, out, progress }, { count, purpose, ...asked }) => {
    const onRows = (done: number) => progress({ done, total: count })
    const shown = { count }
    const request = { ...asked, shown, onRows, ...(purpose !== null && { reveal: { purpose } }) }
    const write: Parameters<typeof db.transact<void>>[1] = async (tx) => {
      await registry.exports.write(tx, vault, by, out, request)
    }
    await db.transact(by, write, 'RepeatableRead')
    const name = registry.exports.fileName(asked)
    return { rows: count, file: { name, type: TYPES[asked.format] } }
  },
})

/** The whole audit trail as JSON Lines, in the order of commits, of one moment. */
const auditExport = kind({
  actions: () => ['audit.read'],
  request: z.strictObject({}),
  run: async ({ db, by, out, progress }) => {
    let rows = 0
    const write: Parameters<typeof db.transact<void>>[1] = async (tx) => {
      const lines = async function* () {
        for await (const page of auditLines(tx)) {
          rows += page.length
          progress({ done: rows, total: null })
          yield Buffer.from(page.join(''))
        }
      }
      await pipeline(Readable.from(lines()), out)
      await recordActs(tx, by, [
        { act: 'audit.export', subject: 'export:audit', detail: { count: rows } },
      ])
    }
    await db.transact(by, write, 'RepeatableRead')
    return { rows, file: { name: 'nhat-ky.jsonl', type: 'application/x-ndjson' } }
  },
})

/** A month's lists of all communes that whoever asks prepares for, one after the other; what is there stays as it is. */
const monthLists = kind({
  actions: () => ['lists.prepare'],
  request: z.strictObject({ month: day }),
  run: async ({ db, by, progress }, { month: first }) => {
    const month = monthOf(first)
    const all = await db.transact(by, (tx) => registry.communesIn(tx, month))
    const { scope } = by
    const communes =
      scope === 'province' ? all : all.filter(({ id }) => scope.communes.includes(id))
    const total = communes.length
    const lists: string[] = []
    for (const commune of communes) {
      const list = await db.transact(by, (tx) => payouts.lists.submit(tx, by, commune, month))
      lists.push(list.number)
      progress({ done: lists.length, total })
    }
    return { rows: total, file: null, detail: { lists } }
  },
})

/** The steps of a month's closing after the first, which the request took; where it stopped it goes on. */
const periodClosing = kind({
  actions: () => ['periods.close'],
  request: z.strictObject({ month: day }),
  run: async ({ db, by }, { month }) => {
    await ledger.finishClose(db, by, monthOf(month))
    return { rows: 1, file: null }
  },
})

/** Brings residents onto another map as the two people who decided it: whoever confirmed asks for the work. */
const rehoming = kind({
  actions: () => ['places.confirm'],
  request: z.strictObject({ on: day, enteredBy: z.uuid() }),
  run: async ({ db, by }, { on, enteredBy }) => {
    const first: Act = { ...by, actor: enteredBy as PersonId }
    const moved = await db.transact(first, (tx) =>
      registry.communes.rehome(tx, first, { on, confirmedBy: by.actor }),
    )
    const sum = (of: 'people' | 'enrolments') => moved.reduce((total, row) => total + row[of], 0)
    const detail = { pairs: moved.length, people: sum('people'), enrolments: sum('enrolments') }
    return { rows: detail.people, file: null, detail }
  },
})

/** Matches the open lines of all statements, in chunks; what is matched stays so. */
const matching = kind({
  actions: () => ['statements.match'],
  request: z.strictObject({}),
  run: async ({ db, by }) => {
    const rows = await reconciliation.matchOpenLines(db, by, createBarrier(null))
    return { rows, file: null }
  },
})

/** Ledger and audit trail recomputed from zero, as the auditor's own program does; what is wrong stands in the file. */
const verification = kind({
  actions: () => ['audit.read'],
  request: z.strictObject({}),
  run: async ({ db, by, out, progress }) => {
    const told = { onProgress: (done: number) => progress({ done, total: null }) }
    const journal = await db.transact(by, (tx) => ledger.verify(tx, told), 'RepeatableRead')
    const trail = await ledger.verifyTrail(db, by)
    const detail = { ok: journal.ok && trail.ok, findings: findingsOf(journal) + findingsOf(trail) }
    await db.transact(by, (tx) =>
      recordActs(tx, by, [{ act: 'ledger.verify', subject: 'ledger:whole', detail }]),
    )
    await pipeline(Readable.from([`${JSON.stringify({ journal, trail }, null, 2)}\n`]), out)
    const file = { name: 'kiem-tra-so.json', type: 'application/json' }
    return { rows: journal.sealedEntries + journal.unsealedEntries, file, detail }
  },
})
const findingsOf = ({ findings }: { readonly findings: readonly unknown[] }) => findings.length

/** Everything that is long work. */
export const JOB_KINDS = {
  'registry-export': registryExport,
  'audit-export': auditExport,
  'month-lists': monthLists,
  'period-closing': periodClosing,
  matching,
  verification,
  rehoming,
  paper: kind(paperJob),
  'paper-issue': kind(paperIssueJob),
  'list-papers': kind(listPapersJob),
} as const

export type JobKindName = keyof typeof JOB_KINDS

/** What carrying a request out takes: permissions, of which the last says how far it sees. */
export function actionsOf(name: JobKindName, request: unknown): readonly [...Action[], Action] {
  const kind = JOB_KINDS[name]
  // Each kind reads its own request again: the union of kinds does not know which one it is.
  const actions = kind.actions as (asked: unknown) => readonly [...Action[], Action]
  return actions(kind.request.parse(request))
}

/** The act of the last of some permissions, when all are given. `permit` gives one or throws. */
export function permitAll(
  actions: readonly [...Action[], Action],
  permit: (action: Action) => Act,
): Act {
  const acts = actions.map(permit)
  const last = acts.at(-1)
  invariant(last !== undefined, 'long work takes a permission')
  return last
}
