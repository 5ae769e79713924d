import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { columnsOf, ENTRIES_MAX, layOut } from '../../src/ledger/journal.ts'
import type { AccountRef, EntryDraft } from '../../src/ledger/journal.ts'
import { localDate } from '../../src/lib/time.ts'

const draft = (postings: EntryDraft['postings']): EntryDraft => ({
  reference: 'r',
  occurredOn: localDate('2023-08-05'),
  template: 'draw',
  version: 1,
  postings,
})
const account = fc.record({
  code: fc.constantFrom('1120', '3371', '511'),
  subject: fc.constantFrom('unit:474', 'unit:475', 'programme:P'),
}) satisfies fc.Arbitrary<AccountRef>
const posting = fc.record({ debit: account, credit: account, amount: fc.bigInt(1n, 10n ** 15n) })
const drafts = fc.array(fc.array(posting, { minLength: 1, maxLength: 4 }).map(draft), {
  minLength: 1,
})

describe('layOut', () => {
  test('names each account once', () => {
    fc.assert(
      fc.property(drafts, (entries) => {
        const { accounts } = layOut(entries)
        expect(new Set(accounts.map(({ code, subject }) => `${code} ${subject}`)).size).toBe(
          accounts.length,
        )
      }),
    )
  })

  test('loses nothing: the postings can be read back from the positions, in order', () => {
    fc.assert(
      fc.property(drafts, (entries) => {
        const call = layOut(entries)
        const readBack = call.entry.map((entry, i) => ({
          entry,
          seq: call.seq[i],
          debit: call.accounts[(call.debit[i] ?? 0) - 1],
          credit: call.accounts[(call.credit[i] ?? 0) - 1],
          amount: BigInt(call.amount[i] ?? ''),
        }))
        expect(readBack).toEqual(
          entries.flatMap(({ postings }, e) =>
            postings.map((p, s) => ({ entry: e + 1, seq: s + 1, ...p })),
          ),
        )
      }),
    )
  })

  const one = draft([
    {
      debit: { code: '1120', subject: 'unit:474' },
      credit: { code: '3371', subject: 'unit:474' },
      amount: 1n,
    },
  ])

  test.each([
    ['no entry', []],
    ['too many entries', new Array<EntryDraft>(ENTRIES_MAX + 1).fill(one)],
    [
      'too many postings',
      [draft(new Array<EntryDraft['postings'][number]>(200_001).fill(one.postings[0] as never))],
    ],
  ])('refuses %s', (_, entries) => {
    expect(() => layOut(entries)).toThrow(expect.objectContaining({ code: 'posting-call-size' }))
  })

  test('takes as many entries as a province has cases', () => {
    expect(layOut(new Array<EntryDraft>(ENTRIES_MAX).fill(one)).entry).toHaveLength(ENTRIES_MAX)
  })
})

describe('columnsOf', () => {
  const pair = { code: '1120', subject: 'unit:474' } as const satisfies AccountRef
  const other = { code: '3371', subject: 'unit:474' } as const satisfies AccountRef
  const single = draft([{ debit: pair, credit: other, amount: 1n }])
  const columns = (...entries: readonly EntryDraft[]) => columnsOf(layOut(entries))

  test('says once what all entries have, and nothing where none has anything', () => {
    expect(columns(single, { ...single, reference: 's' })).toEqual({
      ...{ reference: ['r', 's'], occurredOn: ['2023-08-05', '2023-08-05'] },
      ...{ template: ['draw'], version: [1], entry: null, seq: null },
      ...{ postingDate: null, communeId: null, memo: null, dimensions: null },
      ...{ code: ['1120', '3371'], subject: ['unit:474', 'unit:474'] },
    })
  })

  test('says each where one differs', () => {
    const twice = draft([...single.postings, ...single.postings])
    const others = { template: 'hold', memo: 'm', communeId: 5, dimensions: { item: '7100' } }
    const { template, version, entry, seq, memo, communeId, dimensions } = columns(
      { ...single, ...others },
      twice,
    )
    expect({ template, version }).toEqual({ template: ['hold', 'draw'], version: [1, 1] })
    expect({ entry, seq }).toEqual({ entry: [1, 2, 2], seq: [1, 1, 2] })
    expect({ memo, communeId }).toEqual({ memo: ['m', null], communeId: [5, null] })
    expect(dimensions).toEqual(['{"item":"7100"}', null])
  })
})
