import type { LocalDate, Month } from '../../src/lib/time.ts'
import { month } from '../../src/lib/time.ts'
import { registry } from '../../src/registry/registry.ts'
import type { FreshDatabase } from './database.ts'
import * as p from './payees.ts'
import { leader, preparer } from './town.ts'
import { vault } from './vault.ts'

/** The person and programme whose account changes. */
export const what = { personId: p.wardId(1), programme: 'BTXH' }

/** The first ward, paid into her own account, and the acts of whoever changes that. */
export async function changeDesk(database: FreshDatabase) {
  const commune = await p.firstCommune(database)
  await p.enterPairs(database, commune.id, [{ n: 1 }])
  const own = { payeeId: p.wardId(1), representationId: null }
  await p.assign(database, 1, commune.id, own)
  const request = (
    of: Partial<Parameters<typeof registry.accounts.requestChange>[3]> = {},
    by = preparer,
  ) =>
    database.app.transact(by, (tx) =>
      registry.accounts.requestChange(tx, vault, by, {
        ...{ ...what, ownerId: p.wardId(1), bankCode: '970436', number: '998 000 000 777' },
        ...{
          holderName: 'NGUYEN THI ANH MAU',
          on: '2023-08-10' as LocalDate,
          nextList: month('2023-09'),
        },
        document: p.paperOf('đơn đề nghị', '77/ĐN', '2023-08-10' as LocalDate),
        ...of,
      }),
    )
  const approve = (id: string, by = leader, on = '2023-08-11') =>
    database.app.transact(by, (tx) => registry.accounts.approveChange(tx, by, id, on as LocalDate))
  const numberIn = async (of: Month) => {
    const { paymentAccountId } = await p.payeeOf(database, 1, { month: of })
    const ids = paymentAccountId === null ? [] : [paymentAccountId]
    const clear = await p.asPreparer(database, (tx) =>
      registry.accounts.reveal(tx, vault, preparer, { ids, purpose: 'kiểm tra' }),
    )
    return clear.get(paymentAccountId ?? '')?.number
  }

  return { commune, request, approve, numberIn }
}
