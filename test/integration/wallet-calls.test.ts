import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { walletKeys } from '../../scripts/simulators/wallet-signature.ts'
import { openHttp } from '../../src/lib/http.ts'
import { addDays } from '../../src/lib/time.ts'
import type { Channel } from '../../src/payouts/channels/channel.ts'
import { hueSSeal, signatureKeys } from '../../src/payouts/channels/hue-s-signature.ts'
import { verifyAccounts } from '../../src/payouts/channels/verify-accounts.ts'
import { walletOver } from '../support/rails.ts'
import { countsOf } from '../support/sending.ts'
import { FUNDS, payday } from '../support/town.ts'
import { COUNT, walletScene } from '../support/wallet-scene.ts'
import type { WalletScene } from '../support/wallet-scene.ts'

let scene: WalletScene
beforeEach(async () => {
  scene = await walletScene()
})
afterEach(() => scene.close())

test('a call that is made twice, byte for byte, is refused by the wallet', async () => {
  const { urls } = scene.rails
  const seal = hueSSeal(signatureKeys(walletKeys.calls), Date.now)
  const body = JSON.stringify({ wallet: '0900000001' })
  const { headers } = seal.begin({ method: 'POST', target: '/name-enquiries', body })
  const ask = (more: Record<string, string> = {}) =>
    fetch(`${urls['hue-s']}/name-enquiries`, {
      method: 'POST',
      body,
      headers: { ...headers, ...more },
    })
  expect([(await ask()).status, (await ask()).status]).toEqual([404, 401])
  expect((await ask({ 'x-hues-nonce': 'other' })).status).toBe(401)
  const bare = openHttp({ baseUrl: urls['hue-s'], timeoutMs: 700, connections: 1 })
  const unsigned = walletOver(bare)
  await scene.sendAll(unsigned)
  await bare.close()
  expect(await countsOf(scene.database)).toEqual({ UNKNOWN: COUNT })
  expect(scene.executions()).toEqual(Array(COUNT).fill(0))
})

describe('the name enquiry', () => {
  const ask = (accountNumber: string) =>
    scene.wallet.verifyAccount({ bankCode: null, accountNumber })
  beforeEach(async () => {
    const rows = [
      { account: '0900000001', name: 'NGUYEN VAN AN MAU', status: 'active' },
      { account: '0900000002', name: 'LE THI HOA MAU', status: 'not-identified' },
      { account: '970405:0012', name: 'TRAN THI BE MAU', status: 'closed' },
    ]
    await scene.rails.post('hue-s', '/holders', { rows: rows.slice(0, 2) })
    await scene.rails.post('bank', '/holders', { rows: rows.slice(2) })
  })

  test('says who holds a wallet, in what state, or that there is none', async () => {
    const numbers = ['0900000001', '0900000002', '0900000003']
    const accounts = numbers.map((accountNumber) => ({ bankCode: null, accountNumber }))
    expect(await verifyAccounts(scene.wallet, accounts)).toEqual([
      { kind: 'known', holderName: 'NGUYEN VAN AN MAU', status: 'active' },
      { kind: 'known', holderName: 'LE THI HOA MAU', status: 'not-identified' },
      { kind: 'unknown-account' },
    ])
  })

  test('of many in one call says the same of each, in their order', async () => {
    const many = { callsAtOnce: 2, accountsAtOnce: 2 }
    const calls: number[] = []
    const asking = (channel: Channel): Channel => ({
      ...channel,
      verifyAccount: () => Promise.reject(new Error('asked one by one')),
      verifyMany: (accounts) => {
        calls.push(accounts.length)
        return channel.verifyMany(accounts)
      },
    })
    const wallets = ['0900000003', '0900000001', '0900000002'].map((accountNumber) => ({
      bankCode: null,
      accountNumber,
    }))
    expect(await verifyAccounts(asking(walletOver(scene.rails.walletHttp, many)), wallets)).toEqual(
      [
        { kind: 'unknown-account' },
        { kind: 'known', holderName: 'NGUYEN VAN AN MAU', status: 'active' },
        { kind: 'known', holderName: 'LE THI HOA MAU', status: 'not-identified' },
      ],
    )
    expect(calls).toEqual([2, 1])
    const { bank } = scene.rails.channels
    const accounts = ['0012', '0013'].map((accountNumber) => ({
      bankCode: '970405',
      accountNumber,
    }))
    const asked = { ...bank, limits: { ...bank.limits, accountsAtOnce: 50 } }
    expect(await verifyAccounts(asking(asked), accounts)).toEqual([
      { kind: 'known', holderName: 'TRAN THI BE MAU', status: 'closed' },
      { kind: 'unknown-account' },
    ])
    await scene.rails.kill('bank')
    expect(await verifyAccounts(asked, accounts)).toMatchObject([
      { kind: 'no-answer' },
      { kind: 'no-answer' },
    ])
  })

  test('that throws answers nothing and stops nobody', async () => {
    const channel = walletOver(scene.rails.walletHttp)
    const [thrown, other] = ['0900000001', '0900000002']
    const throwing: Channel = {
      ...channel,
      verifyAccount: (account) =>
        account.accountNumber === thrown
          ? Promise.reject(new TypeError('of this account'))
          : channel.verifyAccount(account),
    }
    const accounts = [thrown, other].map((accountNumber) => ({ bankCode: null, accountNumber }))
    expect(await verifyAccounts(throwing, accounts)).toMatchObject([
      { kind: 'no-answer', reason: 'TypeError' },
      { kind: 'known' },
    ])
  })

  test('of the bank does so too', async () => {
    const bank = (bankCode: string, accountNumber: string) =>
      scene.rails.channels.bank.verifyAccount({ bankCode, accountNumber })
    const holder = { kind: 'known', holderName: 'TRAN THI BE MAU', status: 'closed' }
    expect(await bank('970405', '0012')).toEqual(holder)
    expect(await bank('970436', '0012')).toEqual({ kind: 'unknown-account' })
    await scene.rails.kill('bank')
    expect(await bank('970405', '0012')).toMatchObject({ kind: 'no-answer' })
  })

  test.each(['bad-signature', 'unsigned', 'replay', 'garbage'])(
    'that is answered with %s is not answered',
    async (fault) => {
      await ask('0900000001')
      await scene.rule([{ fault, match: '^name:' }])
      expect(await ask('0900000001')).toMatchObject({ kind: 'no-answer' })
    },
  )

  test('is asked a bounded number of times at once, each once', async () => {
    const channel = walletOver(scene.rails.walletHttp, { callsAtOnce: 3 })
    let [running, most, asked] = [0, 0, 0]
    const counted = {
      ...channel,
      verifyAccount: async (account: Parameters<typeof channel.verifyAccount>[0]) => {
        asked += 1
        most = Math.max(most, (running += 1))
        const answer = await channel.verifyAccount(account)
        running -= 1
        return answer
      },
    }
    const accounts = Array.from({ length: 40 }, (_, n) => ({
      bankCode: null,
      accountNumber: `09${String(n).padStart(8, '0')}`,
    }))
    expect(await verifyAccounts(counted, accounts)).toHaveLength(40)
    expect([asked, most]).toEqual([40, 3])
  })
})

describe('the settlement report', () => {
  test.each([
    ['a page that lacks lines', { fault: 'page-short', match: '^report:' }, 'statement-incomplete'],
    ['a page that is not signed', { fault: 'unsigned', match: '^report:' }, 'statement-missing'],
  ])('with %s is refused whole', async (_, fault, code) => {
    await scene.sendAll()
    await scene.rails.advance(addDays(payday, 1))
    await scene.rule([fault])
    await expect(scene.wallet.statement(scene.unit, payday)).rejects.toMatchObject({ code })
    await scene.rule([])
    expect((await scene.wallet.statement(scene.unit, payday)).lines).toHaveLength(COUNT + 1)
  })

  test('of more lines than a page has is complete', async () => {
    const order = {
      account: scene.unit,
      direction: 'in',
      counterparty: 'KBNN',
      amount: '1',
      purpose: '',
    }
    const many = Array.from({ length: 1_500 }, (_, n) =>
      scene.rails.post('hue-s', '/transfers', { reference: `many:${n}`, ...order }),
    )
    await Promise.all(many)
    await scene.rails.advance(addDays(payday, 1))
    const { lines, closing } = await scene.wallet.statement(scene.unit, payday)
    expect([lines.length, closing]).toEqual([1_501, FUNDS + 1_500n])
  })
})
