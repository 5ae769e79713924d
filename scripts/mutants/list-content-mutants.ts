import { inFile, type Mutant } from './mutant.ts'

const villages = inFile('test/integration/lists-villages.test.ts')
const papers = inFile('test/integration/documents-list.test.ts')
const results = inFile('test/integration/exports-unpaid.test.ts')
const dead = inFile('test/integration/payouts-cash-dead.test.ts')
const moves = inFile('test/integration/law-moves.test.ts')

const one = (name: string, file: string, find: string, replace: string, test: Mutant['test']) => ({
  ...{ name, test },
  edits: [{ file, find, replace }],
})

/** Mistakes about what a list says beside its money, and about who moved between two lists. */
export const listContentMutants: readonly Mutant[] = [
  one(
    'village-elsewhere: a list shows where they live in another commune',
    'src/payouts/list-reads-store.ts',
    'and r.commune_id = e.commune_id',
    '',
    villages('the village of its commune where they lived in its month'),
  ),
  one(
    'village-later: a list shows where they live after its month',
    'src/payouts/list-reads-store.ts',
    "and r.period && daterange(null, (l.month + interval '1 month')::date)",
    '',
    villages('the village of its commune where they lived in its month'),
  ),
  one(
    'result-unsealed: a paper says what is under no head yet',
    'src/payouts/list-results-store.ts',
    "j.reference = case when c.paid then 'cash-paid:' else 'cash-unpaid:' end || c.cash_list_id\n             and (j.xid, j.id) <= (h.last_xid, h.last_id)",
    "j.reference = case when c.paid then 'cash-paid:' else 'cash-unpaid:' end || c.cash_list_id",
    results('as far as the ledger was sealed'),
  ),
  one(
    'paper-before: a paper issued before is read by the columns of now',
    'src/documents/payout-list-columns.ts',
    'asOfBlock || later === undefined',
    'asOfBlock || true',
    papers('of before its results were asked for'),
  ),
  one(
    'coverage-map: of units that became one the last alone is counted',
    'src/reconciliation/coverage-map.ts',
    'before === undefined ? own : added(before, own)',
    'before === undefined || true ? own : added(before, own)',
    inFile('test/api/outcomes.test.ts')('on any later map has the totals'),
  ),
  one(
    'move-carried: what the old commune carried is owed again by the new one',
    'src/payouts/due-store.ts',
    'return [...seen, ...unseen]',
    'return unseen.length < 0 ? unseen : seen',
    moves('is not owed again what the old commune’s list had carried'),
  ),
  one(
    'move-province: what the province put on the new list is owed on the old one',
    'prisma/migrations/0047_carried_elsewhere/migration.sql',
    'and e.commune_id <> all (scope_communes())',
    'and false',
    moves('whose earlier months the province put'),
  ),
  one(
    'dead-cash: what nobody fetched of a dead person’s month goes to nobody',
    'prisma/migrations/0048_unpaid_stopped/migration.sql',
    'and r.cash_list_id = o.cash_list_id and not r.paid',
    'and r.cash_list_id = o.cash_list_id and false',
    dead('until it is stopped; then the law owes it to the organiser'),
  ),
  one(
    'dead-cash-fetched: cash that was fetched is stopped and owed again',
    'prisma/migrations/0048_unpaid_stopped/migration.sql',
    'and r.cash_list_id = o.cash_list_id and not r.paid',
    'and r.cash_list_id = o.cash_list_id',
    dead('is stopped by nobody'),
  ),
  one(
    'dead-cash-held: unpaid cash is stopped as if a list held its money',
    'src/payouts/releasing.ts',
    'if (back.length > 0) await unbookUnpaid(tx, by, list, back, on)',
    'await unbookRows(tx, by, list, back, { reference: `${reference}:back`, on })',
    dead('until it is stopped; then the law owes it to the organiser'),
  ),
]
