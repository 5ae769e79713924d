import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { vnd } from '../../src/lib/money.ts'
import { freeze, requireSameSet } from '../../src/payouts/list.ts'
import type { ListRow } from '../../src/payouts/list.ts'

// Texts that would run into each other if fields were only put one after the other.
const text = fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom('', ',', '"', '","', '\n', '[]'))
const method = fc.constantFrom('account' as const, 'cash' as const)
const fields: { readonly [K in keyof ListRow]: fc.Arbitrary<ListRow[K]> } = {
  number: text,
  personId: text,
  programme: text,
  component: text,
  period: fc.constantFrom('2023-07-01', '2023-08-01'),
  categoryCode: text,
  amount: fc.bigInt({ min: 1n, max: 10n ** 12n }),
  method,
  payeeId: text,
  paymentAccountId: fc.option(text, { nil: null }),
}
const row: fc.Arbitrary<ListRow> = fc.record(fields)
const rows = fc.array(row, { minLength: 1, maxLength: 6 })
const hashOf = (list: readonly ListRow[]) => freeze(list).contentHash

describe('freezing a list', () => {
  test('counts and sums its rows', () => {
    fc.assert(
      fc.property(rows, (list) => {
        const total = list.reduce((sum, { amount }) => sum + amount, 0n)
        expect(freeze(list)).toMatchObject({ rowCount: list.length, total })
        expect(hashOf(list)).toMatch(/^[0-9a-f]{64}$/)
        expect(hashOf(list.map((one) => ({ ...one })))).toBe(hashOf(list))
      }),
    )
    expect(freeze([])).toMatchObject({ rowCount: 0, total: 0n })
  })

  test.each(Object.keys(fields) as (keyof ListRow)[])('covers %s of every row', (field) => {
    const change = fc.tuple(rows, fc.nat(), fields[field])
    fc.assert(
      fc.property(change, ([list, at, value]) => {
        const place = at % list.length
        const changed = list.map((one, i) => (i === place ? { ...one, [field]: value } : one))
        expect(hashOf(changed) === hashOf(list)).toBe(list[place]?.[field] === value)
      }),
    )
  })

  test('covers the number and the order of the rows', () => {
    fc.assert(
      fc.property(rows, row, (list, one) => {
        expect(hashOf([...list, one])).not.toBe(hashOf(list))
        expect(hashOf(list.slice(1))).not.toBe(hashOf(list))
        const turned = list.toReversed()
        expect(hashOf(turned) === hashOf(list)).toBe(
          turned.every(
            (other, i) => JSON.stringify(shown(other)) === JSON.stringify(shown(list[i])),
          ),
        )
      }),
    )
  })

  test('does not depend on anything that decides nothing, such as its explanation', () => {
    const [one] = fc.sample(row, 1)
    if (one === undefined) throw new Error('a sample')
    const explained = { ...one, explanation: '360.000 × 1,5' }
    expect(hashOf([explained])).toBe(hashOf([one]))
  })
})

const shown = (one: ListRow | undefined) => Object.values({ ...one, amount: String(one?.amount) })

describe('deciding on a list', () => {
  const stored = { rowCount: 2, total: vnd(900_000n), contentHash: 'ab'.repeat(32) }

  test('needs the set that is stored', () => {
    expect(() => requireSameSet({ ...stored }, stored)).not.toThrow()
  })

  test.each([
    ['count', { rowCount: 3 }],
    ['sum', { total: vnd(900_001n) }],
    ['content', { contentHash: 'ac'.repeat(32) }],
  ])('is refused on another %s, naming both', (_, other) => {
    const seen = { ...stored, ...other }
    const { rowCount, total } = seen
    expect(() => requireSameSet(seen, stored)).toThrow(
      expect.objectContaining({
        name: 'DomainError',
        kind: 'conflict',
        code: 'list-differs',
        message: `Danh sách đã khác: bạn xem ${String(rowCount)} dòng, ${String(total)} đồng; hiện có 2 dòng, 900000 đồng`,
      }),
    )
  })
})
