import type { Act, PersonId, Scope } from '../../src/lib/act.ts'

/** An officer who exists in tests only. */
export const officer = '00000000-0000-7000-8000-00000000000a' as PersonId

/** The act of the test officer, who sees the whole province unless told otherwise. */
export const actOf = (scope: Scope = 'province'): Act => ({ actor: officer, via: 'test', scope })

/** What a reversal of the test officer's stands on. */
export const paper = {
  document: 'PKT 1',
  confirmedBy: '00000000-0000-7000-8000-00000000000b' as PersonId,
} as const

/** Somebody who may see everything does something: what most tests need. */
export const act = actOf()
