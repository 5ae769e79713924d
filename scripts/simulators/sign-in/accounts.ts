/** Somebody who signs in, as VNeID would say who they are. */
export interface Account {
  readonly subject: string
  readonly name: string
  /** What they do, for the page of sign-in only. */
  readonly duty: string
  /** Twelve digits; of nobody. */
  readonly idNumber: string
  /** Level of the electronic identity. */
  readonly assurance: 1 | 2
}

/** The names under which the claims go out. */
export interface ClaimNames {
  readonly idNumber: string
  readonly name: string
  readonly assurance: string
}

interface Client {
  readonly id: string
  readonly secret: string
}

/** What the issuer is told when it starts, as the first line of its standard input: secrets stay off the command line. */
export interface IssuerSettings {
  /** 0: any free one. */
  readonly port: number
  /** Programs in which people sign in. */
  readonly web: readonly (Client & {
    readonly redirectUris: readonly string[]
    readonly afterSignOut: readonly string[]
  })[]
  /** Machines. */
  readonly machines: readonly Client[]
  /** Audiences for which machines may ask a token; the first when they name none. */
  readonly audiences: readonly string[]
  readonly claims: ClaimNames
  readonly accounts: readonly Account[]
}

/** Reads accounts that came over HTTP; throws a sentence about what is wrong. */
export function accountsOf(value: unknown): readonly Account[] {
  if (!Array.isArray(value)) throw new Error('accounts must be a list')
  return value.map((one: unknown, at) => {
    if (isAccount(one)) return one
    throw new Error(
      `accounts[${String(at)}] needs subject, name, duty, idNumber (12 digits), assurance`,
    )
  })
}

function isAccount(value: unknown): value is Account {
  if (typeof value !== 'object' || value === null) return false
  const { subject, name, duty, idNumber, assurance } = value as Partial<
    Record<keyof Account, unknown>
  >
  const texts = [subject, name, duty].every((text) => typeof text === 'string' && text !== '')
  const number = typeof idNumber === 'string' && /^\d{12}$/.test(idNumber)
  return texts && number && (assurance === 1 || assurance === 2)
}
