import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { ENTRIES_MAX, layOut } from '../../src/ledger/journal.ts'
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
