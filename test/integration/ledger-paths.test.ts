import { beforeAll, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { localDate, month } from '../../src/lib/time.ts'
import type { EntryDraft } from '../../src/ledger/journal.ts'
import { ledger } from '../../src/ledger/ledger.ts'
import type { TemplateVars } from '../../src/ledger/templates.ts'
import { act } from '../support/act.ts'
import { closeMonth } from '../support/closing.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { tryOut } from '../support/outcome.ts'
import { batchOf, prelude } from '../support/random-entries.ts'

// One entry a call takes the lean path of the database, several take the set path. What comes of it
// must be the same: a batch is posted entry by entry in one transaction and as a set in another;
// both are rolled back.

let database: FreshDatabase
/**
 * Accounts up to this id have the same id on both sides, so that content hashes, which name ids,
 * can be compared.
 */
let lastKnownAccount: bigint

beforeAll(async () => {
  database = await freshDatabase()
  const { app, admin } = database
  for (const text of ['2023-07', '2023-08', '2023-10']) {
    await app.transact(act, (tx) => ledger.openPeriod(tx, act, month(text)))
  }
  await closeMonth(app, act, month('2023-07'))
  await app.transact(act, (tx) => ledger.post(tx, act, prelude))
  const { rows } = await admin.query<{ id: string }>('select max(id) as id from account')
  lastKnownAccount = BigInt(rows[0]?.id ?? 0)
})

const singly = (drafts: readonly EntryDraft[]) =>
  tryOut(database.app, lastKnownAccount, async (tx) => {
    const posted = []
    for (const draft of drafts) posted.push(...(await ledger.post(tx, act, [draft])))
    return posted
  })

const asSet = (drafts: readonly EntryDraft[]) =>
  tryOut(database.app, lastKnownAccount, (tx) => ledger.post(tx, act, drafts))

const seed = Number(process.env['FC_SEED'] ?? Date.now() % 2 ** 31)

test(`the set path writes what the lean path writes (seed ${String(seed)})`, async () => {
  let accepted = 0
  let refused = 0
  await fc.assert(
    fc.asyncProperty(
      batchOf({ minLength: 2, maxLength: 5 }),
      fc.context(),
      async (batch, context) => {
        const drafts = batch(prelude)
        context.log(fc.stringify(drafts))
        const [one, other] = [await singly(drafts), await asSet(drafts)]
        if ('refused' in one || 'refused' in other) {
          refused += 1
          expect([one, other]).toEqual([
            { refused: expect.any(String) },
            { refused: expect.any(String) },
          ])
        } else {
          accepted += 1
          expect(other).toEqual(one)
        }
      },
    ),
    { seed, numRuns: 250 },
  )
  // The property says something only when both happen often.
  expect(Math.min(accepted, refused)).toBeGreaterThan(25)
})

const day = { occurredOn: localDate('2023-08-05') }
const good = (reference: string) =>
  ledger.entry('estimate-assigned', { unit: 'unit-1', amount: 1n }, { ...day, reference })
const hold = (reference: string, amount: bigint) =>
  ledger.entry('hold', { unit: 'unit-1', list: 'list-1', amount }, { ...day, reference })
const odd = (change: Partial<EntryDraft>) => [{ ...good('odd'), ...change }]
const line = (change: Partial<EntryDraft['postings'][number]>): Partial<EntryDraft> => ({
  postings: good('odd').postings.map((posting) => ({ ...posting, ...change })),
})
const account = (code: string, subject: string) =>
  ({ code, subject }) as TemplateVars<'opening-asset'>['account']

test.each<readonly [name: string, code: string, drafts: readonly EntryDraft[]]>([
  ['unknown template', 'outside-template', odd({ template: 'nonsense' })],
  ['unknown version', 'outside-template', odd({ version: 99 })],
  [
    'pair outside the template',
    'outside-template',
    odd(line({ credit: account('511', 'programme:p') })),
  ],
  [
    'sides exchanged',
    'outside-template',
    odd(line({ debit: account('008-CONTRA', 'unit:u'), credit: account('008', 'unit:u') })),
  ],
  ['no postings', 'malformed-posting-call', odd({ postings: [] })],
  ['unknown code', 'unknown-account', odd(line({ credit: account('9999', 'unit:u') }))],
  [
    'subject of another kind',
    'unknown-account',
    odd(line({ credit: account('008-CONTRA', 'list:l') })),
  ],
  // The form of a subject is a plain check of the table: an SQLSTATE without a name of ours.
  ['subject of no kind', '23514', odd(line({ credit: account('008-CONTRA', 'unit:Thừa Thiên') }))],
  ['nothing', 'amount', odd(line({ amount: 0n }))],
  ['less than nothing', 'amount', odd(line({ amount: -1n }))],
  ['closed month', 'period-not-open', odd({ postingDate: localDate('2023-07-31') })],
  ['month never opened', 'period-not-open', odd({ postingDate: localDate('2023-09-01') })],
  ['no open month left', 'period-not-open', odd({ occurredOn: localDate('2023-11-01') })],
  ['reference taken before', 'reference-reused', odd({ reference: 'prelude:1120:1' })],
  [
    'reference taken in this call',
    'reference-reused',
    [good('odd'), { ...good('odd'), memo: 'other' }],
  ],
  ['too much', 'below-floor', [hold('odd', 200_001n)]],
  ['too much together', 'below-floor', [hold('odd:1', 200_000n), hold('odd:2', 1n)]],
  [
    'too much in the middle, put back later',
    'below-floor',
    [
      hold('odd:1', 200_001n),
      ledger.entry('interest', { unit: 'unit-1', amount: 9n }, { ...day, reference: 'odd:2' }),
    ],
  ],
  [
    'too much of a new account in the middle',
    'below-floor',
    [
      ledger.entry('move-to-bank', { unit: 'unit-9', amount: 1n }, { ...day, reference: 'odd:1' }),
      ledger.entry(
        'move-to-treasury',
        { unit: 'unit-9', amount: 1n },
        { ...day, reference: 'odd:2' },
      ),
    ],
  ],
])('refused alike in the midst of good entries: %s', async (_, code, drafts) => {
  const all = [good('good:1'), ...drafts, good('good:2')]
  expect([await singly(all), await asSet(all)]).toEqual([{ refused: code }, { refused: code }])
})

test('entries of several communes that name one new account give it to the first', async () => {
  const of = (communeId: number, reference: string) =>
    ledger.entry(
      'hold',
      { unit: 'unit-1', list: 'new', amount: 1n },
      { ...day, reference, communeId },
    )
  const drafts = [of(2, 'a'), of(3, 'b'), of(1, 'c')]
  expect(await asSet(drafts)).toEqual(await singly(drafts))
})

test('an entry that comes twice in one call counts once, however low its accounts are', async () => {
  const moved = (template: 'hold' | 'release', reference: string) =>
    ledger.entry(
      template,
      { unit: 'unit-1', list: 'list-3', amount: 20_000n },
      { ...day, reference },
    )
  const drafts = [moved('hold', 'own:28'), moved('release', 'own:29'), moved('release', 'own:29')]
  const one = await singly(drafts)
  expect(one).not.toHaveProperty('refused')
  expect(await asSet(drafts)).toEqual(one)
})
