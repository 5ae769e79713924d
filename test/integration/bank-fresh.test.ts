import { expect, test } from '@jest/globals'
import { writePain001 } from '../../src/payouts/channels/iso20022/pain001.ts'
import { paymentsIn } from '../support/books.ts'
import { startRails } from '../support/rails.ts'
import { payday } from '../support/town.ts'

/** A claim that grows old while its file is on the way to the bank: frozen before the first byte, or in the middle. */
const payments = Array.from({ length: 400 }, (_, n) => ({
  ...{
    reference: `2308197500${String(n).padStart(6, '0')}`,
    amount: 360_000n,
    bankCode: '970405',
    accountNumber: '999000000001',
  },
  ...{ holderName: 'NGUYEN THI ANH MAU', text: 'TRO CAP' },
}))
const order = (id: string, isFresh: () => boolean) => ({
  ...{ id, on: payday, claimedAt: '2023-08-03T08:00:00+07:00' },
  ...{ payingUnit: 'U1', payerName: 'PHONG LDTBXH', payments, isFresh },
})

test('is asked for before each piece and before the end: whenever it is old, the bank has no file', async () => {
  const rails = await startRails({ seed: 'any', faults: 'none' })
  const { channels, folder } = rails
  await rails.advance(payday)
  const send = async (id: string, freshFor: number) => {
    let asked = 0
    const outcomes = await channels.bank.send(order(id, () => ++asked <= freshFor))
    const kinds = new Set([...outcomes.values()].map(({ kind }) => kind))
    return { asked, kinds: [...kinds] }
  }
  const had = () => paymentsIn(folder).size
  // Asked at the last moment, old already: surely not sent.
  expect(await send('FRESH-0', 0)).toEqual({ asked: 1, kinds: ['refused'] })
  const whole = await send('FRESH-WHOLE', 1_000)
  expect(whole.kinds).toEqual(['submitted'])
  expect(had()).toBe(payments.length)
  const pieces = [
    ...writePain001(
      order('X', () => true),
      { version: '001.03', debtorBin: '970405' },
    ),
  ]
  expect(pieces.length).toBeGreaterThan(1)
  expect(whole.asked).toBe(pieces.length + 1)
  for (let freshFor = 1; freshFor < whole.asked; freshFor += 1) {
    const before = had()
    const { kinds } = await send(`FRESH-${String(freshFor)}`, freshFor)
    expect([freshFor, kinds]).toEqual([freshFor, ['unknown']])
    expect(had()).toBe(before)
  }
  for (const { executed, rejected } of paymentsIn(folder).values())
    expect(executed + rejected).toBe(1)
  await rails.close()
})
