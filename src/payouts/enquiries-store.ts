import type { Tx } from '../lib/db.ts'
import type { ChannelName, EnquiryAnswer } from './channels/channel.ts'

/** Seconds from one enquiry to the next (reliability.md C4); the last step repeats: each hour. */
const NEXT_SECONDS = [80, 180, 600, 2_700, 3_600]

/** An instruction that is to be asked after; `amount` in đồng is what we ordered. */
export interface DueEnquiry {
  readonly reference: string
  readonly amount: bigint
  readonly attempt: number
  readonly communeId: number
}

/**
 * Takes at most `rowsMax` unknown instructions of a channel whose enquiry is due, or will be within `aheadMs`, longest due
 * first, and sets their next one: a worker that dies with them leaves them to the next round, and two workers take different ones.
 */
export async function takeDue(
  tx: Tx,
  channel: ChannelName,
  { rowsMax, aheadMs }: { readonly rowsMax: number; readonly aheadMs: number },
): Promise<readonly DueEnquiry[]> {
  return tx.$queryRaw<DueEnquiry[]>`
    with due as (
      select reference from instruction
       where state = 'UNKNOWN' and channel = ${channel} and enquire_at <= clock_timestamp() + make_interval(secs => ${aheadMs / 1000}::double precision)
       order by enquire_at limit ${rowsMax} for no key update skip locked)
    update instruction i
       set enquiries = i.enquiries + 1,
           enquire_at = clock_timestamp() + make_interval(
             secs => (${NEXT_SECONDS}::integer[])[least(i.enquiries + 1, ${NEXT_SECONDS.length})])
      from due where due.reference = i.reference
    returning i.reference, i.amount, i.attempt::integer as attempt, i.commune_id as "communeId"`
}

/** Writes down what was asked and what the channel said. */
export async function insertEnquiries(
  tx: Tx,
  asked: readonly (DueEnquiry & { readonly answer: EnquiryAnswer })[],
): Promise<void> {
  const reasons = asked.map(({ answer }) => ('reason' in answer ? answer.reason : null))
  await tx.$executeRaw`
    insert into enquiry (reference, commune_id, attempt, answer, reason)
    select * from unnest(${asked.map((a) => a.reference)}::text[], ${asked.map((a) => a.communeId)}::integer[],
      ${asked.map((a) => a.attempt)}::smallint[], ${asked.map(({ answer }) => answer.kind)}::text[], ${reasons}::text[])`
}
