import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { localDate, month } from '../../src/lib/time.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { registry } from '../../src/registry/registry.ts'
import type { FreshDatabase } from './database.ts'
import { communeIds } from './people.ts'
import { built } from './programs.ts'
import { leader, preparer } from './town.ts'

/** Brings residents onto the map of a day as two people; returns how many people and enrolments went over. */
export async function rehome({ app }: FreshDatabase, on: string) {
  const moved = await app.transact(preparer, (tx) =>
    registry.communes.rehome(tx, preparer, { on: localDate(on), confirmedBy: leader.actor }),
  )
  const sum = (of: 'people' | 'enrolments') => moved.reduce((total, row) => total + row[of], 0)
  return { pairs: moved.length, people: sum('people'), enrolments: sum('enrolments') }
}

/** Runs the command as an operator does; returns the line that it says. */
export async function rehomeCommand(
  { urls }: FreshDatabase,
  args: readonly string[],
): Promise<string> {
  const run = promisify(execFile)
  const env = {
    ...{ PATH: process.env['PATH'], DATABASE_URL: urls.owner, DATABASE_SCHEMA: urls.schema },
    ...{ DATABASE_APP_URL: urls.app, DATABASE_REPORT_URL: urls.report },
  }
  const words = [built('src/main.ts'), 'rehome', ...args]
  try {
    return (await run(process.execPath, words, { env })).stdout.trim()
  } catch (error) {
    return (error as { readonly stderr: string }).stderr.trim()
  }
}

/** Draws up the lists of all communes of a month's map; returns how many communes. */
export async function drawUpAll({ app }: FreshDatabase, of: string): Promise<number> {
  const communes = await app.transact(preparer, (tx) => registry.communes.in(tx, month(of)))
  for (const commune of communes) {
    await app.transact(preparer, (tx) => payouts.lists.drawUp(tx, preparer, commune, month(of)))
  }
  return communes.length
}

/** What all lists of a month carry: people, rows, đồng, rows for earlier months, people whom two communes have. */
export async function carriedIn({ admin }: FreshDatabase, of: string) {
  const { rows } = await admin.query<Record<string, string>>(
    `select count(distinct e.person_id)::text as people, count(*)::text as rows, sum(e.amount)::text as total,
            count(*) filter (where e.month < l.month)::text as arrears,
            (count(distinct (e.person_id, e.commune_id)) - count(distinct e.person_id))::text as twice
       from entitlement e join payout_list l on l.id = e.list_id where l.month = $1`,
    [month(of)],
  )
  return rows[0]
}

/** What is due in a month, summed over what some communes of 2023 are on its map, as the registry answers it. */
export async function dueOnMap({ app }: FreshDatabase, of: string, communes: readonly number[]) {
  const links = await app.transact(preparer, (tx) =>
    registry.communes.onMap(tx, { of: communes, mapDay: month(of) }),
  )
  let [lines, total] = [0, 0n]
  for (const id of new Set(links.map(({ onMap }) => onMap.id))) {
    const due = await app.transact(preparer, (tx) => payouts.lists.due(tx, id, month(of)))
    lines += due.length
    total += due.reduce((sum, { amount }) => sum + amount, 0n)
  }
  return { lines, total }
}

/** Enrolments of a month by the commune where they stood in it, and the sum of those on the map of a day. */
export async function enrolledOn({ admin }: FreshDatabase, of: string, mapDay: string) {
  const { rows } = await admin.query<{ code: string; count: number }>(
    `select c.code, sum(m.share)::integer as count
       from enrolment e
       join communes_on_map($2::date) m on m.commune_id = coalesce(
         (select h.commune_id from enrolment_place h where h.enrolment_id = e.id and h.until >= $1::date order by h.until limit 1),
         e.commune_id)
       join commune c on c.id = m.map_commune_id
      where not e.void and e.valid_from <= $1 and (e.valid_to is null or e.valid_to >= $1) group by 1 order by 1`,
    [month(of), mapDay],
  )
  return new Map(rows.map(({ code, count }) => [code, count]))
}

/** People with an open residence in a commune that is not in force on a day, or without exactly one on any of some days. */
export async function astray({ admin }: FreshDatabase, on: string): Promise<number> {
  const { rows } = await admin.query<{ count: number }>(
    `select count(*)::integer as count from person p join commune c on c.id = p.commune_id
      where c.valid_from > $1::date or c.valid_to < $1::date
         or (select count(*) from person_residence r where r.person_id = p.id and r.period @> $1::date and r.commune_id = p.commune_id) <> 1
         or (select count(*) from person_residence r where r.person_id = p.id and r.period @> ($1::date - 1)) <> 1`,
    [on],
  )
  return rows[0]?.count ?? -1
}

/** The id of a commune of a month's map by its code. */
export const idOf = async (database: FreshDatabase, code: string, inMonth: string) =>
  (await communeIds(database, inMonth)).get(code) ?? 0
