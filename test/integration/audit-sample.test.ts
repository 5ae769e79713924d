import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, test } from '@jest/globals'
import type { DocumentRequest } from '../../src/documents/documents.ts'
import { readRecords } from '../../src/lib/spreadsheet-csv.ts'
import { localDate } from '../../src/lib/time.ts'
import { auditedTown, sealTown } from '../support/audited-town.ts'
import type { AuditedTown } from '../support/audited-town.ts'
import { refusalOf } from '../support/outcome.ts'
import { viewed } from '../support/papers.ts'
import { textOf } from '../support/pdf.ts'
import { leader } from '../support/town.ts'

type Sample = Extract<DocumentRequest, { readonly kind: 'audit-sample' }>

let town: AuditedTown
let population: readonly { readonly reference: string; readonly amount: string }[]

beforeAll(async () => {
  town = await auditedTown()
  await sealTown(town)
  population = await town.rows(
    `select e.reference, p.amount::text from journal_entry e join posting p on p.entry_id = e.id
      where e.reference like 'paid:%' order by e.xid, e.id`,
  )
  expect(population).toHaveLength(26)
})

const asked = (more: Partial<Sample> = {}): Sample => ({
  ...{ kind: 'audit-sample', method: 'money-unit', size: 8, seed: 'hat-giong-1' },
  ...{ from: localDate('2023-08-01'), to: localDate('2023-08-31'), ...more },
})
/** References with how often they were picked, as the sheet has them. */
async function drawn(more: Partial<Sample> = {}) {
  const csv = await viewed(town.database, leader, asked(more), 'csv')
  return readRecords(csv)
    .records.map(({ cells }) => cells)
    .filter(([place = '', reference = '']) => /^\d+$/.test(place) && reference.startsWith('paid:'))
    .map((row) => [row[1] ?? '', Number(row[6])] as const)
}

/** The rule that is printed on the paper, by somebody who has the journal and the seed. */
function byHand(weights: readonly bigint[], seed: string, size: number) {
  const sum = weights.reduce((a, b) => a + b, 0n)
  const hash = createHash('sha256').update(`sample.v1|${seed}`).digest('hex')
  const start = BigInt(`0x${hash.slice(0, 15)}`) % sum
  const picks = new Map<number, number>()
  for (let k = 0n; k < BigInt(size); k += 1n) {
    let at = (start + k * sum) / BigInt(size)
    const index = weights.findIndex((weight) => (at -= weight) < 0n)
    picks.set(index, (picks.get(index) ?? 0) + 1)
  }
  return [...picks]
    .toSorted(([a], [b]) => a - b)
    .map(([index, count]) => [population[index]?.reference, count])
}

describe('a sample by money unit', () => {
  test('is what the printed rule gives, for many seeds and sizes', async () => {
    const weights = population.map(({ amount }) => BigInt(amount))
    for (const [at, size] of [1, 5, 8, 13, 26].entries()) {
      const seed = `seed-${String(at)}`
      expect(await drawn({ size, seed })).toEqual(byHand(weights, seed, size))
    }
  })

  test('is the same from the same seed, and another from another', async () => {
    const first = await drawn()
    expect(await drawn()).toEqual(first)
    expect(first.reduce((sum, [, picks]) => sum + picks, 0)).toBe(8)
    expect(await drawn({ seed: 'hat-giong-2' })).not.toEqual(first)
  })

  test('prints seed, population and rule', async () => {
    const text = textOf(await viewed(town.database, leader, asked()))
    const sum = population.reduce((total, { amount }) => total + BigInt(amount), 0n)
    const words = String(sum).replaceAll(/\B(?=(\d{3})+(?!\d))/g, '.')
    expect(text).toContain('MẪU KIỂM TOÁN')
    expect(text).toContain('Hạt giống: hat-giong-1')
    expect(text).toContain(`Tổng thể: 26 khoản chi, ${words} đồng`)
    expect(text).toContain('Cỡ mẫu: 8 lượt chọn')
    expect(text).not.toContain('Nguyễn')
  })

  test('stays as it was drawn when more is paid and sealed', async () => {
    const block = String(
      (await town.rows<{ n: string }>('select max(number) as n from seal_block'))[0]?.n,
    )
    const before = await viewed(town.database, leader, asked({ block }), 'csv')
    const own = await drawn({ block })
    await town.plant(
      `insert into journal_entry select (jsonb_populate_record(e, jsonb_build_object('id', e.id + 100000,
      'reference', 'paid:LATER', 'xid', pg_current_xact_id()::text))).* from journal_entry e where e.reference = $1`,
      [population[0]?.reference],
    )
    await town.plant(
      `insert into posting select (jsonb_populate_record(p, jsonb_build_object('entry_id', p.entry_id + 100000))).*
      from posting p join journal_entry e on e.id = p.entry_id where e.reference = $1`,
      [population[0]?.reference],
    )
    await sealTown(town)
    expect(await drawn({ block })).toEqual(own)
    expect(textOf(await viewed(town.database, leader, asked()))).toContain('Tổng thể: 27 khoản chi')
    expect(before.length).toBeGreaterThan(0)
    await town.plant(`delete from posting where entry_id > 100000; delete from journal_entry where id > 100000;
      delete from seal_block where number > ${block}`)
  })

  test('of more than there is is refused; of nothing it is a proper empty paper', async () => {
    const many = viewed(town.database, leader, asked({ size: 27 }))
    expect(await many.catch(refusalOf)).toBe('sample-too-large')
    const none = asked({ from: localDate('2022-01-01'), to: localDate('2022-01-31') })
    expect(textOf(await viewed(town.database, leader, none))).toContain(
      'Không có khoản chi nào trong khoảng này.',
    )
  })
})

describe('a sample by risk', () => {
  test('weighs a payment by its marks', async () => {
    // Two of the first list's wallets are one: a mark that the others do not have.
    const [one, other] = await town.rows<{ number: string; account: string }>(
      `select e.number, e.payment_account_id as account from entitlement e join payout_list l on l.id = e.list_id
        where l.number = $1 order by e.row limit 2`,
      [town.lists[0]?.number],
    )
    await town.plant('update entitlement set payment_account_id = $2 where number = $1', [
      ...[other?.number, one?.account],
    ])
    // Nothing else marks them: neither a change in the days before, nor an approval in no time.
    await town.plant(`update payment_account set recorded_at = recorded_at - interval '9 days';
      update payee set recorded_at = recorded_at - interval '9 days';
      update audit_event set recorded_at = recorded_at - interval '1 day' where act <> 'list.release'`)
    const [first, second] = town.lists
    await town.plant(`update list_decision set recorded_at = recorded_at - interval '2 hours' where list_id = '${first?.id ?? ''}';
      update list_decision set recorded_at = recorded_at - interval '1 hour' where list_id = '${second?.id ?? ''}'`)
    const marked = new Set([one?.number, other?.number])
    const numbers = await town.rows<{ number: string }>(
      `select i.entitlement_number as number from journal_entry e join instruction i on e.reference = 'paid:' || i.reference
        order by e.xid, e.id`,
    )
    const weights = numbers.map(({ number }) => (marked.has(number) ? 6n : 1n))
    expect(weights.filter((weight) => weight === 6n)).toHaveLength(2)
    for (const seed of ['r-1-x', 'r-2-x', 'r-3-x']) {
      expect(await drawn({ method: 'risk', seed, size: 9 })).toEqual(byHand(weights, seed, 9))
    }
    const text = textOf(await viewed(town.database, leader, asked({ method: 'risk', size: 26 })))
    expect(text).toContain('chung tài khoản')
    expect(text).not.toContain('duyệt quá nhanh')
  })
})
