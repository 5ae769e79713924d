import type { Tx } from '../lib/db.ts'
import type { LocalDate } from '../lib/time.ts'

/** A line of a statement that is booked in suspense. Amount in đồng. */
export interface SuspendedLine {
  readonly lineId: string
  readonly payingUnit: string
  readonly direction: 'debit' | 'credit'
  readonly day: LocalDate
  readonly reference: string
  readonly amount: bigint
  /** Its reference is an instruction's. */
  readonly ofPayment: boolean
}

/** A line in suspense, locked until the transaction ends; undefined when it is not, or not for who asks. */
export async function suspendedLine(tx: Tx, lineId: string): Promise<SuspendedLine | undefined> {
  const [row] = await tx.$queryRaw<SuspendedLine[]>`
    select id as "lineId", paying_unit as "payingUnit", direction, day::text as day, reference, amount,
           exists (select from instruction i where i.reference = statement_line.reference) as "ofPayment"
      from statement_line where id = ${lineId} and state = 'SUSPENSE' for update`
  return row
}

/** Notes which entry explains a line that was in suspense. */
export async function explainLine(
  tx: Tx,
  of: {
    readonly lineId: string
    readonly entryId: bigint
    readonly communeId: number | null
  },
): Promise<void> {
  await tx.$executeRaw`
    update statement_line set state = 'MATCHED', entry_id = ${of.entryId}::bigint, commune_id = ${of.communeId}::integer
     where id = ${of.lineId} and state = 'SUSPENSE'`
}
