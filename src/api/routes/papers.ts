import { z } from 'zod'
import type { PersonId } from '../../lib/act.ts'
import { dayIn, sha256, uuid, words } from '../wire.ts'

/** The paper that an act rests on, with the hash of its scan. */
export const documentIn = z.strictObject({
  kind: words(60),
  number: words(60),
  date: dayIn,
  issuer: words(120),
  sha256,
})
export const documentExample = {
  ...{ kind: 'giấy ủy quyền', number: '12/UQ', date: '2023-08-01', issuer: 'UBND phường' },
  sha256: '0'.repeat(64),
}

/** A decision of the authority, by number and date. */
export const decisionIn = z.strictObject({ number: words(60), date: dayIn })
export const decisionExample = { number: '45/QĐ-UBND', date: '2023-08-01' }

export const programme = z.string().regex(/^[A-Z0-9_-]{2,20}$/)
export const head = z
  .string()
  .regex(/^[A-Z0-9_.]{1,30}$/)
  .meta({ examples: ['NCT_80'] })
export const personParams = z.strictObject({ personId: uuid })

/** The id of a person, as the faces take it. */
export const asPerson = (text: string) => text as PersonId

/** For examples of acts that nobody asked for at a counter. */
export const forNobody = { forCitizen: null }

export const done = z.object({})
export const SOMEBODY = '00000002-0000-7000-8000-000000010001'
export const SOMETHING = '5b0f3d0e-54a5-4bd5-8f65-0d1f7f7c7c10'

/** An account as it is sent to us: a bank's code, or null for a wallet, its number and its holder. */
export const accountIn = {
  bankCode: z
    .string()
    .regex(/^[A-Z0-9]{2,20}$/)
    .nullable(),
  number: z.string().regex(/^[0-9A-Za-z]{4,34}$/),
  holderName: words(140),
}
