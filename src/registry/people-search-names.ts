import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import * as store from './people-search-store.ts'
import type { NameQuery } from './people-search-store.ts'

/** How many people a search by name reads in each of its ways. */
export interface SearchLimits {
  /** People of the order read at first: what one in a hundred has is found among them. */
  readonly walk: number
  /** And then, when many have it. */
  readonly walkFar: number
  /** People that the word index may name and that are then sorted. */
  readonly sorted: number
  /** Communes that are walked to the end; with more of them the word index is asked first. */
  readonly communesWalked: number
}

const LIMITS: SearchLimits = {
  walk: 20_000,
  walkFar: 200_000,
  sorted: 5_000,
  communesWalked: 3,
}

/**
 * The first people in Vietnamese order whose names have the words. What is frequent is near in the order, and what is
 * rare is named by the word index. Takes how much may be read on the way: it decides how long the answer takes, never
 * what it is.
 */
export async function findByName(
  tx: Tx,
  query: NameQuery,
  limits = LIMITS,
): Promise<readonly PersonId[]> {
  const { communes, limit } = query
  if (communes !== null) return ofCommunes(tx, { ...query, communes }, limits)
  const near = await store.walkSome(tx, query, limits.walk)
  if (near.length === limit) return near
  const lexemes = await store.lexemesOf(tx, query.words)
  return lexemes === null ? [] : farAway(tx, query, lexemes, limits)
}

/**
 * Nobody near, in the whole province. Whose words stand before the given name is spread over the order, so many of them
 * are met soon; many with a given name late in the alphabet are a range of the order, and the few others are named.
 */
async function farAway(
  tx: Tx,
  query: NameQuery,
  { anywhere, before }: store.LexemeQueries,
  limits: SearchLimits,
): Promise<readonly PersonId[]> {
  const ask = (lexemes: string) =>
    store.askIndex(tx, { ...query, lexemes, atMost: limits.sorted + 1 })
  const spread = before === '' ? { found: [], named: 0 } : await ask(before)
  if (spread.named > limits.sorted) {
    const near = await store.walkSome(tx, query, limits.walkFar)
    return near.length === query.limit ? near : store.walkAll(tx, query)
  }
  const all = await ask(anywhere)
  if (all.named <= limits.sorted) return all.found
  const given = await store.walkGivenNames(tx, query)
  return store.inOrder(tx, [...given, ...spread.found], query.limit)
}

/** A few communes are walked to the end; of more, each a little, then the word index, then to the end. */
async function ofCommunes(
  tx: Tx,
  query: NameQuery & { readonly communes: readonly number[] },
  limits: SearchLimits,
): Promise<readonly PersonId[]> {
  const { communes } = query
  if (communes.length <= limits.communesWalked) return store.walkCommunes(tx, query)
  const budget = Math.max(query.limit, Math.floor(limits.walk / communes.length))
  const near = await store.walkSomeOf(tx, { ...query, budget })
  if (near !== null) return near
  const lexemes = await store.lexemesOf(tx, query.words)
  if (lexemes === null) return []
  const named = { ...query, lexemes: lexemes.anywhere, atMost: limits.sorted + 1 }
  const all = await store.askIndex(tx, named)
  return all.named <= limits.sorted ? all.found : store.walkCommunes(tx, query)
}
