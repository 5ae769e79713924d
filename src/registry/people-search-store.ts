import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'

/** What a search by name looks for. */
export interface NameQuery {
  readonly words: readonly string[]
  /** Null: all communes that the transaction may see. */
  readonly communes: readonly number[] | null
  readonly after: PersonId | null
  readonly limit: number
}

/** A lexeme query of each kind: in any word of the name, and in the words before the given name only. */
export interface LexemeQueries {
  readonly anywhere: string
  readonly before: string
}

const patternsOf = (words: readonly string[]) => words.map((word) => `% ${word}%`)

/**
 * The words that begin with each prefix, as queries of the word index. A prefix of its own would make the index collect
 * every name of that prefix first; the few words themselves are met from the rarest on. Null: no name has them all.
 */
export async function lexemesOf(
  tx: Tx,
  prefixes: readonly string[],
): Promise<LexemeQueries | null> {
  const rows = await tx.$queryRaw<{ at: number; word: string }[]>`
    select q.at::integer as at, n.word from unnest(${prefixes}::text[]) with ordinality as q (prefix, at)
      join name_word n on n.word >= q.prefix and n.word < q.prefix || '{'
    union all
    select distinct q.at::integer, '=' || g.key from unnest(${prefixes}::text[]) with ordinality as q (prefix, at)
      join given_name g on g.key >= q.prefix and g.key < q.prefix || '{'`
  const groups = prefixes.map((_, at) => rows.filter((row) => row.at === at + 1))
  if (groups.some((group) => group.length === 0)) return null
  const joined = (parts: readonly (readonly { word: string }[])[]) =>
    parts.map((group) => `(${group.map(({ word }) => `'${word}'`).join(' | ')})`).join(' & ')
  const inner = groups.map((group) => group.filter(({ word }) => !word.startsWith('=')))
  const none = inner.some((group) => group.length === 0)
  return { anywhere: joined(groups), before: none ? '' : joined(inner) }
}

/** The first people in Vietnamese order among the next `budget` of the province: enough for what is frequent. */
export async function walkSome(
  tx: Tx,
  query: NameQuery,
  budget: number,
): Promise<readonly PersonId[]> {
  const patterns = patternsOf(query.words)
  const rows =
    query.after === null
      ? await tx.$queryRaw<{ id: PersonId }[]>`
    select id from (select id, name_key, given_name, full_name from person where merged_into is null
                     order by given_name, full_name, id limit ${budget}::bigint) w
     where ' ' || name_key like all (${patterns}::text[]) order by given_name, full_name, id limit ${query.limit}::bigint`
      : await tx.$queryRaw<{ id: PersonId }[]>`
    select w.id from person a cross join lateral (
      select id, name_key, given_name, full_name from person where merged_into is null
         and (given_name, full_name, id) > (a.given_name, a.full_name, a.id)
       order by given_name, full_name, id limit ${budget}::bigint) w
     where a.id = ${query.after}::uuid and ' ' || w.name_key like all (${patterns}::text[])
     order by w.given_name, w.full_name, w.id limit ${query.limit}::bigint`
  return rows.map(({ id }) => id)
}

/**
 * The first people of the province in Vietnamese order, however far they are: for what is so frequent that the walk ends
 * soon, wherever it begins.
 */
export async function walkAll(tx: Tx, query: NameQuery): Promise<readonly PersonId[]> {
  const rows = await tx.$queryRaw<{ id: PersonId }[]>`
    with a as (select given_name, full_name, id from person where id = ${query.after}::uuid)
    select id from person where merged_into is null
       and (${query.after}::uuid is null or (given_name, full_name, id) > ((select given_name from a), (select full_name from a), ${query.after}::uuid))
       and ' ' || name_key like all (${patternsOf(query.words)}::text[])
     order by given_name, full_name, id limit ${query.limit}::bigint`
  return rows.map(({ id }) => id)
}

/**
 * The first people of some communes among the next `budget` of each; null when one commune has more people and has not
 * given enough: then somebody nearer may be among them.
 */
export async function walkSomeOf(
  tx: Tx,
  query: NameQuery & { readonly communes: readonly number[]; readonly budget: number },
): Promise<readonly PersonId[] | null> {
  const rows = await tx.$queryRaw<{ id: PersonId | null; enough: boolean }[]>`
    with a as (select given_name, full_name, id from person where id = ${query.after}::uuid),
         walked as materialized (
           select c, w.* from unnest(${query.communes}::integer[]) c cross join lateral (
             select id, given_name, full_name, ' ' || name_key like all (${patternsOf(query.words)}::text[]) as hit
               from person where merged_into is null and commune_id = c
                and (${query.after}::uuid is null or (given_name, full_name, id) > ((select given_name from a), (select full_name from a), ${query.after}::uuid))
              order by given_name, full_name, id limit ${query.budget}::bigint) w),
         enough as (
           select coalesce(bool_and(n.enough), true) as enough
             from (select count(*) < ${query.budget} or count(*) filter (where hit) >= ${query.limit} as enough from walked group by c) n),
         found as (select * from walked where hit order by given_name, full_name, id limit ${query.limit}::bigint)
    select f.id, e.enough from enough e left join found f on true order by f.given_name, f.full_name, f.id`
  if (rows[0]?.enough === false) return null
  return rows.flatMap(({ id }) => (id === null ? [] : [id]))
}

/** The first people of some communes in Vietnamese order, each commune walked until it has given enough. */
export async function walkCommunes(
  tx: Tx,
  query: NameQuery & { readonly communes: readonly number[] },
): Promise<readonly PersonId[]> {
  const rows = await tx.$queryRaw<{ id: PersonId }[]>`
    with a as (select given_name, full_name, id from person where id = ${query.after}::uuid)
    select w.id from unnest(${query.communes}::integer[]) c cross join lateral (
      select id, given_name, full_name from person where merged_into is null and commune_id = c
         and (${query.after}::uuid is null or (given_name, full_name, id) > ((select given_name from a), (select full_name from a), ${query.after}::uuid))
         and ' ' || name_key like all (${patternsOf(query.words)}::text[])
       order by given_name, full_name, id limit ${query.limit}::bigint) w
     order by w.given_name, w.full_name, w.id limit ${query.limit}::bigint`
  return rows.map(({ id }) => id)
}

/** The first people by the word index, and how many it has named, at most `atMost`: all of them are put in order. */
export async function askIndex(
  tx: Tx,
  query: NameQuery & { readonly lexemes: string; readonly atMost: number },
): Promise<{ readonly found: readonly PersonId[]; readonly named: number }> {
  const rows = await tx.$queryRaw<{ id: PersonId | null; named: number }[]>`
    with named as materialized (
           select id, given_name collate "vi-x-icu" as given_name, full_name collate "vi-x-icu" as full_name
             from people_named(${query.lexemes}::tsquery, ${query.communes}::integer[], ${query.atMost}::integer)),
         a as (select given_name, full_name, id from person where id = ${query.after}::uuid),
         found as (
           select * from named
            where ${query.after}::uuid is null or (given_name, full_name, id) > ((select given_name from a), (select full_name from a), ${query.after}::uuid)
            order by given_name, full_name, id limit ${query.limit}::bigint)
    select f.id, n.named from (select count(*)::integer as named from named) n left join found f on true
     order by f.given_name, f.full_name, f.id`
  const found = rows.flatMap(({ id }) => (id === null ? [] : [id]))
  return { found, named: rows[0]?.named ?? 0 }
}

/** The first people whose given name begins with one of the words: range after range of the order itself. */
export async function walkGivenNames(tx: Tx, query: NameQuery): Promise<readonly PersonId[]> {
  const rows = await tx.$queryRaw<{ id: PersonId }[]>`
    with a as (select given_name, full_name, id from person where id = ${query.after}::uuid),
         g as (select distinct g.name from unnest(${query.words}::text[]) w
                 join given_name g on g.key >= w and g.key < w || '{')
    select w.id from g cross join lateral (
      select id, given_name, full_name from person where merged_into is null and given_name = g.name
         and (${query.after}::uuid is null or (given_name, full_name, id) > ((select given_name from a), (select full_name from a), ${query.after}::uuid))
         and ' ' || name_key like all (${patternsOf(query.words)}::text[])
       order by given_name, full_name, id limit ${query.limit}::bigint) w
     order by w.given_name, w.full_name, w.id limit ${query.limit}::bigint`
  return rows.map(({ id }) => id)
}

/** People of several finds, each once and in Vietnamese order, at most `limit`. */
export async function inOrder(
  tx: Tx,
  ids: readonly PersonId[],
  limit: number,
): Promise<readonly PersonId[]> {
  const rows = await tx.$queryRaw<{ id: PersonId }[]>`
    select id from person where id = any (${ids}::uuid[]) order by given_name, full_name, id limit ${limit}::bigint`
  return rows.map(({ id }) => id)
}

/** Payment accounts by the blind index of their last four characters, with whose they are. */
export async function accountsByTail(tx: Tx, tail: Buffer) {
  return tx.$queryRaw<{ id: string; personId: PersonId; sealed: string }[]>`
    select a.id, coalesce(p.merged_into, p.id) as "personId", a.number_sealed as sealed
      from payment_account a join person p on p.id = a.person_id
     where a.tail_index = decode(${tail.toString('hex')}, 'hex') order by p.given_name, p.full_name, a.id`
}
