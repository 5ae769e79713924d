import type { Tx } from '../lib/db.ts'
import type { LocalDate, Month } from '../lib/time.ts'
import type { CalendarTask, Holidays } from './calendar.ts'

/** Something an office has to do by a day; `done` is read from the rows it is about. */
export interface OfficeTask {
  readonly kind: 'list' | 'hand-over' | 'payment-window' | 'service-report' | 'representation'
  readonly subject: string
  readonly communeId: number
  readonly month: Month
  readonly dueOn: LocalDate
  readonly done: boolean
}

/** What a calendar task is about. */
export interface TaskOf {
  readonly month: Month
  readonly dueOn: LocalDate
  readonly on: LocalDate
}

/** The holidays that are known, of any year. */
export async function holidaysOf(tx: Tx): Promise<Holidays> {
  const rows = await tx.$queryRaw<{ day: LocalDate }[]>`select day::text as day from holiday`
  return new Set(rows.map(({ day }) => day))
}

/** Notes that a task of a day is done; false when it was done before. */
export async function insertRun(
  tx: Tx,
  task: CalendarTask,
  day: LocalDate,
  result: Readonly<Record<string, unknown>>,
): Promise<boolean> {
  const inserted = await tx.$executeRaw`
    insert into calendar_run (task, day, result) values (${task}, ${day}::date, ${JSON.stringify(result)}::jsonb)
    on conflict do nothing`
  return inserted === 1
}

/** The last day that the calendar has worked on; null before the first. */
export async function lastRun(tx: Tx): Promise<LocalDate | null> {
  const [row] = await tx.$queryRaw<
    { day: LocalDate | null }[]
  >`select max(day)::text as day from calendar_run`
  return row?.day ?? null
}

/** Each commune whose list of the month is not released has a task. Returns how many are new. */
export async function raiseListTasks(
  tx: Tx,
  kind: 'list' | 'hand-over',
  { month, dueOn, on }: TaskOf,
): Promise<number> {
  return tx.$executeRaw`
    insert into office_task (kind, subject, commune_id, month, due_on, raised_on)
    select ${kind}, 'commune:' || c.code, c.id, ${month}::date, ${dueOn}::date, ${on}::date from commune c
     where c.valid_from <= ${month}::date and (c.valid_to is null or c.valid_to >= ${month}::date)
       and not exists (select 1 from payout_list l where l.commune_id = c.id and l.month = ${month}::date and l.state = 'RELEASED')
    on conflict do nothing`
}

/** Each list of the month with payments that were not sent yet has a task. Returns how many are new. */
export async function raiseWindowTasks(tx: Tx, { month, dueOn, on }: TaskOf): Promise<number> {
  return tx.$executeRaw`
    insert into office_task (kind, subject, commune_id, month, due_on, raised_on)
    select 'payment-window', 'list:' || l.number, l.commune_id, ${month}::date, ${dueOn}::date, ${on}::date from payout_list l
     where l.month = ${month}::date and l.state = 'RELEASED'
       and exists (select 1 from instruction i where i.list_id = l.id and i.state in ('LISTED', 'APPROVED', 'QUEUED', 'HELD'))
    on conflict do nothing`
}

/** Each cash list of the month that is handed over and not settled has a task. Returns how many are new. */
export async function raiseReportTasks(tx: Tx, { month, dueOn, on }: TaskOf): Promise<number> {
  return tx.$executeRaw`
    insert into office_task (kind, subject, commune_id, month, due_on, raised_on)
    select 'service-report', 'cash-list:' || c.id, c.commune_id, ${month}::date, ${dueOn}::date, ${on}::date
      from cash_list c join payout_list l on l.id = c.list_id
     where l.month = ${month}::date and c.handed_over_on is not null and c.settled_on is null
    on conflict do nothing`
}

/** Each paper that somebody receives by and that ends until `dueOn` has a task, due on its last day. Returns how many are new. */
export async function raiseRepresentationTasks(tx: Tx, { dueOn, on }: TaskOf): Promise<number> {
  return tx.$executeRaw`
    insert into office_task (kind, subject, commune_id, month, due_on, raised_on)
    select 'representation', 'representation:' || r.id, r.commune_id, date_trunc('month', upper(r.validity) - 1)::date,
           upper(r.validity) - 1, ${on}::date
      from representation r
     where upper(r.validity) > ${on}::date and upper(r.validity) - 1 <= ${dueOn}::date
       and exists (select 1 from payee y where y.representation_id = r.id and y.period @> upper(r.validity))
    on conflict do nothing`
}

/** Tasks that fall due up to a day, the earliest first; what is done says so. */
export async function officeTasks(tx: Tx, until: LocalDate): Promise<readonly OfficeTask[]> {
  return tx.$queryRaw<OfficeTask[]>`
    select t.kind, t.subject, t.commune_id as "communeId", t.month::text as month, t.due_on::text as "dueOn",
           case when t.kind in ('list', 'hand-over')
                then exists (select 1 from payout_list l where l.commune_id = t.commune_id and l.month = t.month and l.state = 'RELEASED')
                when t.kind = 'payment-window'
                then not exists (select 1 from payout_list l join instruction i on i.list_id = l.id
                      where 'list:' || l.number = t.subject and i.state in ('LISTED', 'APPROVED', 'QUEUED', 'HELD'))
                when t.kind = 'service-report'
                then exists (select 1 from cash_list c where 'cash-list:' || c.id = t.subject and c.settled_on is not null)
                else not exists (select 1 from representation r join payee y on y.representation_id = r.id
                      where 'representation:' || r.id = t.subject and y.period @> upper(r.validity)) end as done
      from office_task t where t.due_on <= ${until}::date order by t.due_on, t.kind, t.subject`
}
