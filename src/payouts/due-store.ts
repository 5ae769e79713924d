import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import type { Vnd } from '../lib/money.ts'
import type { LocalDate, Month } from '../lib/time.ts'
import type { Payee } from './due-line.ts'

/** What a list carries already, and still stands: the law leaves it out of a later list. */
export interface EntitledBefore {
  readonly personId: PersonId
  readonly programme: string
  readonly component: string
  readonly period: Month
  readonly amount: Vnd
  readonly listMonth: Month
}

/** Standing entitlements of some people for periods from a month on. One statement however many people. */
export async function entitledBefore(
  tx: Tx,
  people: readonly PersonId[],
  since: Month,
): Promise<readonly EntitledBefore[]> {
  return tx.$queryRaw<EntitledBefore[]>`
    select e.person_id as "personId", e.programme, e.component, e.month::text as period, e.amount, l.month::text as "listMonth"
      from entitlement e join payout_list l on l.id = e.list_id
     where e.live and e.month >= ${since}::date and e.person_id = any (${people}::uuid[])
     order by e.person_id, e.programme, e.component, e.month`
}

/** Who receives for each open enrolment of a commune, with the warnings that the register itself gives. */
export async function receiversOf(
  tx: Tx,
  list: { readonly communeId: number; readonly month: Month; readonly on: LocalDate },
): Promise<
  readonly (Payee & {
    readonly personId: PersonId
    readonly programme: string
    readonly enrolmentId: string
  })[]
> {
  return tx.$queryRaw`
    select e.person_id as "personId", e.programme, e.id as "enrolmentId", e.payee_id as "payeeId",
           case when r.id is null then 'self' else r.kind end as relation, e.representation_id as "representationId", e.method,
           case a.kind when 'bank' then 'bank' when 'wallet' then 'hue-s' end as channel, e.payment_account_id as "paymentAccountId",
           case when r.valid_to < ${list.on}::date then 'representation-expired' end as hold,
           case when r.valid_to < ${list.on}::date + 30 then array['expires-soon'] else array[]::text[] end
             || case when r.id is not null and count(*) over (partition by e.payee_id) > w.threshold
                     then array['guardian-of-many'] else array[]::text[] end as warnings
      from enrolment e
      left join payment_account a on a.id = e.payment_account_id
      left join representation r on r.id = e.representation_id
      join row_warning w on w.code = 'guardian-of-many'
     where e.commune_id = ${list.communeId} and e.valid_from <= ${list.month}::date
       and (e.valid_to is null or e.valid_to >= ${list.month}::date)`
}
