import { expect } from '@jest/globals'
import { addDays } from '../../src/lib/time.ts'
import type { Channel } from '../../src/payouts/channels/channel.ts'
import type { AttemptOutcome } from '../../src/payouts/outcomes.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { paidTwice, paymentsIn } from './books.ts'
import { copiesOf } from './database.ts'
import type { FreshDatabase } from './database.ts'
import { startRails } from './rails.ts'
import type { Rails } from './rails.ts'
import { plan, send, statesOf } from './sending.ts'
import { importOf, match } from './statements.ts'
import { AMOUNT, enterTown, FUNDS, payday, releaseLists, treasurer } from './town.ts'

/** A fault of the wallet, asked for by rule; what is left out matches everything, always. */
export interface Fault {
  readonly fault: string
  readonly match?: string
  readonly value?: string
  readonly amount?: number
  readonly times?: number
}

/** Payments of the scene. */
export const COUNT = 4

/** A commune with four payments to wallets, released and funded; the wallet in a process of its own, its book the oracle. */
export type WalletScene = Awaited<ReturnType<typeof walletScene>>

const released = copiesOf(async (database) => {
  const communes = await enterTown(database, [{ wallet: COUNT }])
  await releaseLists(database, communes)
  return communes[0]?.payingUnit ?? ''
})

/** Sets the scene; nothing is sent yet. */
export async function walletScene() {
  const { database, found: unit } = await released()
  const rails = await startRails({ seed: 'any', faults: 'none' })
  await rails.advance(payday)
  await rails.fund(unit, FUNDS)
  return sceneOf(database, rails, unit)
}

function sceneOf(database: FreshDatabase, rails: Rails, unit: string) {
  const wallet = rails.channels['hue-s']
  const references = async () => [...(await statesOf(database)).keys()]
  const enquireAll = async () => {
    const answers: AttemptOutcome[] = []
    for (const reference of await references()) {
      const answer = await wallet.enquire(reference, AMOUNT)
      const of = { reference, attempt: 1 }
      if (answer.kind === 'executed') answers.push({ ...of, outcome: { kind: 'accepted' } })
      if (answer.kind === 'rejected') answers.push({ ...of, outcome: answer })
    }
    await database.app.transact(treasurer, (tx) =>
      payouts.applyStatus(tx, treasurer, answers, payday),
    )
  }
  return {
    ...{ database, rails, unit, wallet, references, enquireAll },
    /** Puts rules in force instead of those before. */
    rule: (faults: readonly Fault[]) =>
      rails.post('hue-s', '/rules', {
        rules: faults.map((one) => ({ match: '.', value: '', amount: 1, times: 1_000, ...one })),
      }),
    /** Sends the order that is waiting, if any. */
    sendAll: async (channel: Channel = wallet) => {
      const [order] = await plan(database)
      return order === undefined ? true : send(database, channel, { id: order.orderId })
    },
    executions: () => [...paymentsIn(rails.folder).values()].map(({ executed }) => executed),
    /** The day after: its report is matched, and ours is equal to theirs. */
    settle: async () => {
      await rails.advance(addDays(payday, 1))
      await importOf(database, unit, await wallet.statement(unit, payday))
      await match(database)
      expect(paidTwice(rails.folder)).toEqual([])
      const paid = [...paymentsIn(rails.folder).values()].filter(({ executed }) => executed === 1)
      const states = [...(await statesOf(database))].filter(([, state]) => state === 'PAID')
      expect(states.map(([reference]) => reference)).toEqual(
        paid.map(({ reference }) => reference).toSorted(),
      )
    },
    close: async () => {
      await database.drop()
      await rails.close()
    },
  }
}
