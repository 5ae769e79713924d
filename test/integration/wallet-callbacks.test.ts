import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { payouts } from '../../src/payouts/payouts.ts'
import { startCallbacks } from '../support/callbacks.ts'
import type { CallbackProcess } from '../support/callbacks.ts'
import { countsOf } from '../support/sending.ts'
import { payday, treasurer } from '../support/town.ts'
import { COUNT, walletScene } from '../support/wallet-scene.ts'
import type { WalletScene } from '../support/wallet-scene.ts'

let listener: CallbackProcess | undefined
let scene: WalletScene
beforeEach(async () => {
  scene = await walletScene()
})
afterEach(async () => {
  await listener?.stop()
  listener = undefined
  await scene.close()
})

describe('a callback', () => {
  const events = async () =>
    (
      await scene.database.admin.query<{ verdict: string }>('select verdict from callback_event')
    ).rows.map(({ verdict }) => verdict)
  const until = async (count: number) => {
    for (let tries = 0; tries < 80 && (await events()).length < count; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 100))
    return (await events()).toSorted()
  }
  const listen = async (setting: { barrier?: string; port?: number } = {}) => {
    listener = await startCallbacks(scene.database, setting)
    await scene.rails.post('hue-s', '/callback-url', { url: listener.url })
    return listener
  }
  const round = () =>
    payouts.enquireDue({ db: scene.database.app, channel: scene.wallet }, treasurer, {
      on: payday,
      rowsMax: 9,
    })

  test('after a lost answer leads to the enquiry that decides, whatever it says itself', async () => {
    await listen()
    await scene.rule([
      { fault: 'timeout-after', match: '^pay:' },
      { fault: 'callback-lie', match: '^pay:' },
      { fault: 'callback-twice', match: '^pay:' },
      { fault: 'callback-late', match: '^pay:', amount: 900 },
    ])
    await scene.sendAll()
    expect(await until(COUNT)).toEqual(Array(COUNT).fill('enquiry-due'))
    expect(await countsOf(scene.database)).toEqual({ UNKNOWN: COUNT })
    expect(await round()).toBe(COUNT)
    expect(await countsOf(scene.database)).toEqual({ ACCEPTED: COUNT })
    await scene.settle()
  })

  test('before the answer changes nothing about it', async () => {
    await listen()
    await scene.rule([{ fault: 'callback-first', match: '^pay:' }])
    await scene.sendAll()
    expect(await countsOf(scene.database)).toEqual({ ACCEPTED: COUNT })
    expect(await events()).toEqual(Array(COUNT).fill('enquiry-due'))
    expect(await round()).toBe(0)
    const { rows } = await scene.database.admin.query('select * from enquiry_due')
    expect(rows).toEqual([])
    await scene.settle()
  })

  test('that is forged, late by its clock, garbage or of nobody moves nothing', async () => {
    await listen()
    const [one = '', two = '', three = ''] = await scene.references()
    await scene.rule([
      { fault: 'timeout-after', match: '^pay:' },
      { fault: 'callback-bad-signature', match: one },
      { fault: 'callback-skew', match: two, value: '-', amount: 600 },
      { fault: 'callback-garbage', match: three },
      { fault: 'callback-foreign', match: '^pay:', value: 'NOBODY' },
    ])
    await scene.sendAll()
    expect(await until(3)).toEqual(['unknown-reference', 'unknown-reference', 'wrong-clock'])
    expect(await countsOf(scene.database)).toEqual({ UNKNOWN: COUNT })
    expect(await round()).toBe(0)
  })

  test.each(['callback-before-commit', 'callback-after-commit'])(
    'whose receiver is killed at %s is sent again and kept once',
    async (barrier) => {
      const first = await listen({ barrier: `${barrier}:1` })
      const [one = ''] = await scene.references()
      await scene.rule([
        { fault: 'timeout-after', match: one },
        { fault: 'callback-none', match: `^pay:(?!${one})` },
      ])
      await scene.sendAll()
      expect(await first.ended).toBe('SIGKILL')
      expect(await events()).toHaveLength(barrier === 'callback-after-commit' ? 1 : 0)
      listener = await startCallbacks(scene.database, { port: Number(new URL(first.url).port) })
      expect(await until(1)).toEqual(['enquiry-due'])
      expect(await round()).toBe(1)
    },
  )
})
