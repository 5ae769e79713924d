declare const brand: unique symbol

/** The id (UUID) of a person. Who acts is a person, not an account (docs/architecture.md, law 7). */
export type PersonId = string & { readonly [brand]: 'PersonId' }

/** Which rows a database transaction may see: the whole province, or some communes by id. */
export type Scope = 'province' | { readonly communes: readonly number[] }

/** Who does something, through what, and how far they may see. Every transaction has one. */
export interface Act {
  readonly actor: PersonId
  /** What carried it out: "demo", "worker:send", "api" … never instead of the person. */
  readonly via: string
  readonly scope: Scope
}
