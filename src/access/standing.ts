import type { PersonId, Scope } from '../lib/act.ts'
import type { Action } from './actions.ts'

/** What a sign-in must be for an act. */
export interface Terms {
  readonly assurance: number
  readonly fresh: boolean
}

/** A role that somebody has on a day, of their own or standing in for another. */
export interface Held {
  readonly role: string
  /** Null: the province. */
  readonly communes: readonly number[] | null
  readonly deputyFor: PersonId | null
  readonly actions: ReadonlyMap<Action, Terms>
}

/** What allows an act, and how far. */
export interface Permission extends Terms {
  readonly role: string
  readonly scope: Scope
  readonly deputyFor: PersonId | null
}

/**
 * Whether what somebody has on a day allows an action, and for which communes: all that their own roles reach together;
 * only where none of their own allows it, what they may do for one other person. Null: nothing allows it.
 */
export function permissionFor(held: readonly Held[], action: Action): Permission | null {
  const allowing = held.filter(({ actions }) => actions.has(action))
  const own = allowing.filter(({ deputyFor }) => deputyFor === null)
  const chosen =
    own.length > 0 ? own : allowing.filter(({ deputyFor }) => deputyFor === allowing[0]?.deputyFor)
  const [first] = chosen
  if (first === undefined) return null
  const terms = chosen.flatMap(({ actions }) => actions.get(action) ?? [])
  const communes = chosen.map((one) => one.communes)
  return {
    role: first.role,
    deputyFor: first.deputyFor,
    scope: communes.includes(null)
      ? 'province'
      : { communes: [...new Set(communes.flatMap((of) => of ?? []))] },
    // Of two roles the one that asks for less: either would do alone.
    assurance: Math.min(...terms.map(({ assurance }) => assurance)),
    fresh: terms.every(({ fresh }) => fresh),
  }
}
