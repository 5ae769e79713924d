import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, beforeEach, expect, test } from '@jest/globals'
import type { EvidencePack } from '../../src/documents/evidence.ts'
import { signHead } from '../../src/ledger/signed-heads.ts'
import { exportAuditHead } from '../../src/ledger/verify-audit.ts'
import { exportHead } from '../../src/ledger/verify.ts'
import { invariant } from '../../src/lib/errors.ts'
import type { OutgoingOrder, OutgoingPayment } from '../../src/payouts/channels/channel.ts'
import { keepDigest } from '../../src/payouts/order-files.ts'
import { act } from '../support/act.ts'
import { chainForgeries } from '../support/chain-forgeries.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { evidenceScene, packFolder } from '../support/evidence-folder.ts'
import type { PackFolder } from '../support/evidence-folder.ts'
import { enterTown, releaseLists } from '../support/town.ts'

let database: FreshDatabase
let [reference, trustedKey, signingKey] = ['', '', '']
let pack: EvidencePack
let laid: PackFolder

beforeAll(async () => {
  database = await freshDatabase()
  await releaseLists(database, await enterTown(database, [{ bank: 2 }]))
  const { rows } = await database.admin.query<{ reference: string }>(
    'select reference from instruction order by 1',
  )
  reference = rows[0]?.reference ?? ''
  const scene = await evidenceScene({ database, reference })
  ;({ trustedKey, signingKey } = scene)
  pack = await scene.packOf(reference)
})

beforeEach(() => {
  laid = packFolder(pack)
})

/** Both heads, kept outside as ledger.json and audit.json, and the key. */
const keepHeads = async () => {
  const audit = await database.report.transact(act, exportAuditHead)
  const head = await database.report.transact(act, exportHead)
  invariant(audit && head, 'both heads')
  writeFileSync(join(laid.folder, 'ledger.json'), JSON.stringify(signHead(head, signingKey)))
  writeFileSync(join(laid.folder, 'audit.json'), JSON.stringify(signHead(audit, signingKey)))
  writeFileSync(join(laid.folder, 'key.pem'), trustedKey)
}

test('a file of one payment has no digest: on its hash the account number could be tried out', async () => {
  const contents = () => {
    throw new Error('digested')
  }
  const payment = { reference, amount: 360_000n } as OutgoingPayment
  const digesting = (payments: readonly OutgoingPayment[]) =>
    database.app.transact(act, (tx) =>
      keepDigest(tx, act, { name: 'bank', contents }, { id: 'X', payments } as OutgoingOrder),
    )
  await expect(digesting([payment])).resolves.toBeUndefined()
  await expect(digesting([payment, payment])).rejects.toThrow('digested')
})

test('of a row that was approved with others it says that this was not checked; approved alone, it was', () => {
  const said = () =>
    laid
      .run()
      .stdout.split('\n')
      .filter((line) => /là khoản này|dòng này/.test(line))
  const starting = (sign: string) => [1, 2].map(() => expect.stringMatching(`^${sign} dòng`))
  expect(said()).toEqual(starting('–'))
  const text = laid.read('list.json')
  laid.forge('list.json', text.replace(/("rows": \[)[^\]]*/, '$1 1 '))
  expect(said()).toEqual(starting('✓'))
})

test.each(['trail', 'journal'] as const)(
  'a %s that was made anew is vouched for by no head of the other chain',
  async (chain) => {
    await keepHeads()
    const [own, others] = chain === 'trail' ? ['audit', 'ledger'] : ['ledger', 'audit']
    const faultsWith = (...heads: readonly string[]) =>
      laid
        .run('--key', 'key.pem', ...heads.flatMap((one) => ['--head', `${one}.json`]))
        .stdout.split('\n')
        .filter((line) => line.startsWith('✗'))
    expect(faultsWith(own, others)).toEqual([])
    chainForgeries[chain](laid)
    expect(laid.run().status).toBe(0)
    const missing = expect.stringContaining(': mã đầu chuỗi có chữ ký')
    expect(faultsWith()).toEqual([missing])
    expect(faultsWith(others)).toEqual([missing])
    const unknown = expect.stringContaining('trong gói có mã đã giữ ở ngoài')
    expect(faultsWith(own, others)).toEqual(expect.arrayContaining([unknown]))
  },
)

test.each([
  ['trail', 'head.v1', 'nhật ký'],
  ['journal', 'audit-head.v1', 'sổ'],
] as const)('a %s whose heads call themselves %s is none', (chain, format, of) => {
  chainForgeries[chain](laid, format)
  expect(laid.check().faults).toEqual([expect.stringContaining(`khối của ${of} liền nhau`)])
})
