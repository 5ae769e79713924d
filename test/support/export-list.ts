import { randomUUID } from 'node:crypto'
import { vnd } from '../../src/lib/money.ts'
import { month } from '../../src/lib/time.ts'
import { writeDrafts } from '../../src/payouts/drawing-up.ts'
import { receiverKey } from '../../src/payouts/due-line.ts'
import type { Due, DueLine, Payee } from '../../src/payouts/due-line.ts'
import { lockList, moveLists } from '../../src/payouts/list-store.ts'
import type { StoredList } from '../../src/payouts/list.ts'
import type { CommuneRow } from '../../src/registry/registry.ts'
import type { FreshDatabase } from './database.ts'
import { exportAccount, exportPerson } from './export-town.ts'
import type { ExportTown } from './export-town.ts'
import { never } from './list-town.ts'
import { represent, representationOf } from './payees.ts'
import { august, preparer } from './town.ts'

const PAPER = '00000041-0000-7000-8000-000000000001'

/** A line of the n-th person, on whichever list it is put. */
type Line = Omit<DueLine, 'communeId' | 'payeeProgramme'>

const line = (n: number, of: Partial<Line>): Line => ({
  ...{ personId: exportPerson(n), enrolmentId: `00000006-0000-7000-8000-00000000000${String(n)}` },
  ...{ programme: 'BTXH', component: 'monthly', period: august, categoryCode: 'NCT_80' },
  ...{ amount: vnd(360_000n), legalBasis: 'Điều 5' },
  ...{ explanation: '360.000 × 1,0', explanationEn: '360,000 × 1.0' },
  ...of,
})

const CASH: Payee = {
  ...{ payeeId: exportPerson(1), relation: 'self', method: 'cash', channel: null },
  ...{ paymentAccountId: null, representationId: null, hold: null, warnings: [] },
}

const LINES: readonly (readonly [Line, Partial<Payee>])[] = [
  [line(1, {}), { method: 'account', channel: 'bank', paymentAccountId: exportAccount(1) }],
  [
    line(2, { categoryCode: 'HIV_NGHEO', amount: vnd(540_000n) }),
    {
      ...{ payeeId: exportPerson(2), method: 'account', channel: 'hue-s' },
      paymentAccountId: exportAccount(2),
    },
  ],
  ...[august, month('2023-07')].map((period): readonly [Line, Partial<Payee>] => [
    line(3, { categoryCode: 'NKT_N', amount: vnd(540_000n), period }),
    {
      ...{ payeeId: exportPerson(4), relation: 'authorised', representationId: PAPER },
      ...{ method: 'account', channel: 'bank', paymentAccountId: exportAccount(4) },
      ...{ hold: 'suspended', warnings: ['expires-soon'] },
    },
  ]),
  [line(1, { programme: 'QUA_2_9', component: 'one-off', amount: vnd(100_000n) }), {}],
  [
    line(1, {
      ...{ component: 'funeral', categoryCode: 'MTP_CD', amount: vnd(7_200_000n) },
      enrolmentId: randomUUID(),
    }),
    {},
  ],
]

/** The sum of `exportedList`, in đồng: every kind of money that has a column. */
export const LIST_SUM = 9_280_000n

/**
 * A submitted list of six rows of an export town's first commune: an account, the wallet of an HIV-infected person, an
 * authorised payee of the other commune with arrears, a gift and a funeral.
 */
export async function exportedList({ database, here }: ExportTown): Promise<StoredList> {
  const paper = { id: PAPER, personId: exportPerson(3), representativeId: exportPerson(4) }
  await represent(database, [representationOf(1, here.id, paper)])
  // The funeral's case is not what these tests are about.
  await database.admin.query('alter table entitlement disable trigger entitlement_of_draft')
  const { id } = await draft(database, here, LINES)
  await database.admin.query('alter table entitlement enable trigger entitlement_of_draft')
  return database.app.transact(preparer, async (tx) => {
    await moveLists(tx, [id], 'SUBMITTED', preparer.actor)
    return lockList(tx, id)
  })
}

/** A draft of one cash row in the other commune. */
export const draftThere = ({ database, there }: ExportTown): Promise<StoredList> =>
  draft(database, there, [[line(4, {}), { payeeId: exportPerson(4) }]])

const listed = (line: Line, { id: communeId }: CommuneRow): DueLine => ({
  ...line,
  communeId,
  payeeProgramme: line.programme,
})

async function draft({ app }: FreshDatabase, commune: CommuneRow, lines: typeof LINES) {
  const due: Due = {
    lines: lines.map(([one]) => listed(one, commune)),
    payees: new Map(
      lines.map(([one, payee]) => [receiverKey(listed(one, commune)), { ...CASH, ...payee }]),
    ),
  }
  const of = { communes: [commune], month: august, due }
  const [list = never()] = await app.transact(preparer, (tx) => writeDrafts(tx, preparer, of))
  return list
}
