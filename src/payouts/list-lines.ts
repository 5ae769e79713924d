import type { Tx } from '../lib/db.ts'
import { invariant } from '../lib/errors.ts'
import type { Value } from '../lib/spreadsheet-table.ts'
import { formatDate } from '../lib/time.ts'
import { registry } from '../registry/registry.ts'
import type { StoredList } from './list.ts'
import { rowResults } from './list-results-store.ts'
import type { RowResult } from './list-results-store.ts'
import { paperFacts, standingTallies } from './list-export-store.ts'
import type { PaperFacts } from './list-export-store.ts'
import { rowsByName } from './list-reads-store.ts'
import type { ReadRow } from './list-reads-store.ts'
import {
  componentWords,
  holdWords,
  LIST_STATES,
  relationWords,
  warningWords,
} from './list-words.ts'

/** The kinds of money that stand in columns of their own. */
export const MONEY_KINDS = ['month', 'arrears', 'funeral', 'one-off'] as const

export type ShownNumbers = ReturnType<typeof registry.exports.numbers>

/** A row of a list in the words of papers: numbers as they may be shown, categories of Article 5 neutral. */
export interface ListLine {
  readonly row: number
  readonly number: string
  readonly fullName: string
  readonly birth: Value
  readonly idNumber: string
  /** Mã hồ sơ and thôn, tổ dân phố; empty where not known. */
  readonly dossierNumber: string
  readonly village: string
  readonly programme: string
  readonly categoryCode: string
  /** “1,5”; empty for a fixed sum. */
  readonly coefficient: string
  readonly component: string
  /** The month that it is for, “08/2023”. */
  readonly period: string
  readonly kind: (typeof MONEY_KINDS)[number]
  readonly amount: bigint
  /** Owed on earlier months' lists and received by nobody, in đồng; not part of the amount. */
  readonly unpaidBefore: bigint | null
  /** What came of it as far as the ledger was sealed, “Đã chi 05/08/2023”; empty while it is unpaid, or when nobody asked. */
  readonly result: string
  readonly method: string
  readonly bank: string
  readonly account: string
  /** Who receives in the beneficiary’s place; null when nobody does. */
  readonly payee: {
    readonly name: string
    readonly relation: string
    readonly document: string
  } | null
  readonly warnings: string
  readonly note: string
}

/**
 * Reads the rows of a list by given name in Vietnamese order, a page at a time. With `standing`, those alone that stand, with what came
 * of them and what was unpaid before as of a sealed block; without it, what was unpaid before is as of now.
 */
export function listLines(
  tx: Tx,
  list: StoredList,
  numbers: ShownNumbers,
  standing?: { readonly block: bigint },
): (after: ListLine | null, limit: number) => Promise<readonly ListLine[]> {
  const of = { listId: list.id, live: standing !== undefined }
  return async (after, limit) => {
    const rows = await rowsByName(tx, { ...of, after: after?.row ?? null, limit })
    const asked = { ...of, rows: rows.map(({ row }) => row) }
    const facts = await paperFacts(tx, asked)
    const lines = rows.map((row) => lineOf(row, { list, numbers, facts: factsOf(facts, row) }))
    if (standing === undefined) return lines
    const results = await rowResults(tx, { ...asked, ...standing })
    return lines.map((line) => ({ ...line, ...resultOf(results.get(line.row)) }))
  }
}

const RESULTS: Readonly<Record<NonNullable<RowResult['kind']>, string>> = {
  ...{ paid: 'Đã chi', fetched: 'Đã lĩnh tiền mặt', returned: 'Bị hoàn trả' },
  ...{ failed: 'Chưa chi được', unfetched: 'Chưa lĩnh' },
}

function resultOf(found: RowResult | undefined): Pick<ListLine, 'result' | 'unpaidBefore'> {
  invariant(found !== undefined, 'both queries read one list in one snapshot')
  const { kind, on, unpaidBefore } = found
  const day = on === null ? '' : ` ${formatDate(on)}`
  return { result: kind === null ? '' : `${RESULTS[kind]}${day}`, unpaidBefore }
}

function factsOf(facts: ReadonlyMap<number, PaperFacts>, { row }: ReadRow): PaperFacts {
  const found = facts.get(row)
  invariant(found !== undefined, 'both queries read one list in one snapshot')
  return found
}

interface Told {
  readonly list: StoredList
  readonly numbers: ShownNumbers
  readonly facts: PaperFacts
}

function lineOf(row: ReadRow, told: Told): ListLine {
  const { list, numbers, facts } = told
  const { row: place, number, fullName, programme, categoryCode, amount, period } = row
  return {
    ...{ row: place, number, fullName, birth: registry.exports.birthCell(facts) },
    ...{ dossierNumber: row.dossierNumber ?? '', village: row.village ?? '' },
    ...{ idNumber: numbers.idNumber(facts), programme, categoryCode, amount },
    coefficient: row.component === 'one-off' ? '' : (facts.coefficient ?? '').replace('.', ','),
    component: componentWords(row.component),
    period: `${period.slice(5, 7)}/${period.slice(0, 4)}`,
    ...{ kind: kindOf(row, list), unpaidBefore: facts.unpaidBefore, result: '' },
    ...receiverOf(row, told),
    warnings: warningWords(row.warnings),
    note: noteOf(row, list),
  }
}

function kindOf({ component, period }: ReadRow, { month }: StoredList): ListLine['kind'] {
  if (component === 'funeral' || component === 'one-off') return component
  return period < month ? 'arrears' : 'month'
}

function receiverOf(row: ReadRow, { numbers, facts }: Told) {
  const { method, payeeId, personId } = row
  const bank = facts.channel === 'hue-s' ? 'Hue-S' : (facts.bank ?? '')
  const unseen = method === 'account' && facts.accountId === null
  const [relation, document] = [relationWords(row.relation), facts.document ?? '']
  return {
    method: METHODS[method] ?? method,
    bank: unseen && bank === '' ? OUTSIDE : bank,
    account: unseen ? OUTSIDE : numbers.account(facts),
    payee: payeeId === personId ? null : { name: row.payeeName ?? OUTSIDE, relation, document },
  }
}

/** For what belongs to somebody in a commune that who reads may not see. */
const OUTSIDE = 'Ngoài phạm vi'

function noteOf({ live, decision, hold }: ReadRow, { state }: StoredList): string {
  if (decision === 'refuse-row') return 'Dòng bị trả lại'
  if (!live)
    return state === 'REFUSED' || state === 'WITHDRAWN' ? LIST_STATES[state] : 'Đã dừng chi'
  return hold === null ? '' : holdWords(hold)
}

/** Count and sum (đồng) of what stands on a list by kind of money and by way of paying, in words. */
export async function standingGroups(tx: Tx, listId: string) {
  const tallies = await standingTallies(tx, listId)
  return tallies.map(({ by, key, count, total }) => ({
    name:
      by === 'component' ? `Khoản: ${componentWords(key)}` : `Hình thức: ${METHODS[key] ?? key}`,
    ...{ count, total },
  }))
}

const METHODS: Readonly<Record<string, string>> = { account: 'Tài khoản', cash: 'Tiền mặt' }
