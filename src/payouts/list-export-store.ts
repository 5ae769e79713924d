import type { Tx } from '../lib/db.ts'
import type { LocalDate } from '../lib/time.ts'

/** What a paper says of a row of a list beside what an officer reads on the screen (ReadRow); numbers sealed. */
export interface PaperFacts {
  readonly row: number
  readonly birthDate: LocalDate
  readonly birthPrecision: 'day' | 'year'
  readonly identifierId: string | null
  readonly sealed: string | null
  /** Of the category that the row names, or of all that share its neutral code: "1.5". Null for a fixed sum. */
  readonly coefficient: string | null
  readonly channel: 'bank' | 'hue-s' | null
  readonly bank: string | null
  /** Null also when the account is of a commune that the transaction may not see. */
  readonly accountId: string | null
  readonly numberSealed: string | null
  readonly document: string | null
  /**
   * What the person was owed on lists of earlier months and, as those ended by now, nobody received, in đồng: told once a
   * list, on the person's first row. Null when nothing is.
   */
  readonly unpaidBefore: bigint | null
}

/** The facts of some rows of a list, in one statement. */
export async function paperFacts(
  tx: Tx,
  of: { readonly listId: string; readonly rows: readonly number[] },
): Promise<ReadonlyMap<number, PaperFacts>> {
  const facts = await tx.$queryRaw<PaperFacts[]>`
    select e.row, p.birth_date::text as "birthDate", p.birth_precision as "birthPrecision", i.id as "identifierId", i.sealed,
           (select c.coefficient::text from benefit_category c
             where e.category_code in (c.code, c.neutral_code) and c.valid_from <= e.month order by c.valid_from desc limit 1) as coefficient,
           e.channel, b.short_name as bank, a.id as "accountId", a.number_sealed as "numberSealed",
           r.document_kind || ' số ' || r.document_number || ' ngày ' || to_char(r.document_date, 'DD/MM/YYYY') as document,
           case when e.row = (select min(x.row) from entitlement x where x.list_id = e.list_id and x.person_id = e.person_id) then (
             select sum(b.amount)::bigint from entitlement b join payout_list s on s.id = b.list_id
              where b.person_id = e.person_id and b.live and s.state = 'RELEASED' and s.month < l.month
                and case b.method
                  when 'cash' then exists (select 1 from cash_result c where c.entitlement_number = b.number and not c.paid)
                                   and not exists (select 1 from cash_result c where c.entitlement_number = b.number and c.paid)
                  else exists (select 1 from instruction i where i.entitlement_number = b.number and i.state in ('REJECTED', 'RETURNED'))
                       and not exists (select 1 from instruction i where i.entitlement_number = b.number
                                          and i.state not in ('REJECTED', 'RETURNED', 'CANCELLED')) end) end as "unpaidBefore"
      from entitlement e join payout_list l on l.id = e.list_id join person p on p.id = e.person_id
      left join person_identifier i on i.person_id = e.person_id and i.is_current
      left join payment_account a on a.id = e.payment_account_id left join bank b on b.code = a.bank_code
      left join representation r on r.id = e.representation_id
     where e.list_id = ${of.listId}::uuid and e.row = any (${[...of.rows]}::integer[])`
  return new Map(facts.map((one) => [one.row, one]))
}

/** What stands on a list, by the kinds of money that have columns of their own; đồng. */
export interface StandingSums {
  readonly count: number
  readonly month: bigint
  readonly arrears: bigint
  readonly funeral: bigint
  readonly oneOff: bigint
  readonly total: bigint
}

/** Counts and sums the rows of a list that stand. */
export async function standingSums(tx: Tx, listId: string): Promise<StandingSums> {
  const [row] = await tx.$queryRaw<StandingSums[]>`
    select count(*)::integer as count,
           coalesce(sum(e.amount) filter (where e.component not in ('funeral', 'one-off') and e.month >= l.month), 0)::bigint as month,
           coalesce(sum(e.amount) filter (where e.component not in ('funeral', 'one-off') and e.month < l.month), 0)::bigint as arrears,
           coalesce(sum(e.amount) filter (where e.component = 'funeral'), 0)::bigint as funeral,
           coalesce(sum(e.amount) filter (where e.component = 'one-off'), 0)::bigint as "oneOff",
           coalesce(sum(e.amount), 0)::bigint as total
      from entitlement e join payout_list l on l.id = e.list_id where e.list_id = ${listId}::uuid and e.live`
  return row ?? { count: 0, month: 0n, arrears: 0n, funeral: 0n, oneOff: 0n, total: 0n }
}

/** Count and sum (đồng) of a list's standing rows by kind of money and by way of paying; each adds up to the list. */
export async function standingTallies(
  tx: Tx,
  listId: string,
): Promise<
  readonly {
    readonly by: 'component' | 'method'
    readonly key: string
    readonly count: number
    readonly total: bigint
  }[]
> {
  return tx.$queryRaw`
    select v.by, v.key, count(*)::integer as count, sum(e.amount)::bigint as total
      from entitlement e cross join lateral (values ('component', e.component), ('method', e.method)) v (by, key)
     where e.list_id = ${listId}::uuid and e.live group by 1, 2 order by 1, 2`
}
