declare const brand: unique symbol

/** The id (UUID) of a person. Who acts is a person, not an account (docs/architecture.md, law 7). */
export type PersonId = string & { readonly [brand]: 'PersonId' }

/** Which rows a database transaction may see: the whole province, or some communes by id. */
export type Scope = 'province' | { readonly communes: readonly number[] }

/** On whose word an officer acts at a counter, by what authority, and where (ux.md: officers act for citizens). */
export interface ForCitizen {
  readonly forPerson: PersonId
  readonly authority: 'present' | 'authorised' | 'guardian' | 'document'
  readonly counter: 'counter' | 'visit' | 'phone' | 'post' | 'online'
  /** The paper that the authority rests on; not when they are present. */
  readonly document: string
}

/** Where an act comes from, kept with its audit events: nothing here decides what may be done. */
export interface Origin extends Partial<ForCitizen> {
  /** The role that allows the act. */
  readonly role?: string
  /** For whom the actor stands in. */
  readonly deputyFor?: PersonId
  readonly requestId?: string
  /** The address that the request came from. */
  readonly source?: string
}

/** Who does something, through what, and how far they may see. Every transaction has one. */
export interface Act {
  readonly actor: PersonId
  /** What carried it out: "demo", "worker:send", "api" … never instead of the person. */
  readonly via: string
  readonly scope: Scope
  readonly origin?: Origin
}
