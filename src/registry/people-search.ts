import type { Act, PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import type { LocalDate } from '../lib/time.ts'
import type { Vault } from '../lib/vault.ts'
import { openNumber } from './account-number.ts'
import { ACCOUNT_TAIL } from './blind-fields.ts'
import { maskDigits } from './id-number.ts'
import { identifiersOf, ownersOf, peopleById, phoneOwners } from './people-rows-store.ts'
import * as store from './people-search-store.ts'
import { findByName } from './people-search-names.ts'
import { searchWords } from './person-name.ts'
import { identifierIndex, openIdentifier, phoneIndex } from './person-sealing.ts'

/** People on one page: more would be a list to carry away (reliability.md D3 row 23). */
const PAGE = 20
/** A person as a search shows them: no number in clear. */
export interface PersonFound {
  readonly id: PersonId
  readonly fullName: string
  readonly sex: 'female' | 'male'
  readonly birthDate: LocalDate
  readonly birthPrecision: 'day' | 'year'
  readonly communeId: number
  readonly commune: string
  readonly idNumber: string | null
  readonly diedOn: LocalDate | null
}

/** A page of people; `next` goes into `after` for the next page, null when this is the last. */
export interface PeoplePage {
  readonly people: readonly PersonFound[]
  readonly next: PersonId | null
}

/**
 * Finds people in the scope of `by`. Takes what an officer types: part of a name without diacritics (two letters or
 * more; words and beginnings of words in any order), an identity number (12 or 9 digits, now or before), a phone
 * number, or the last 4 to 6 digits of an account; and communes to look in. Returns at most 20 in Vietnamese order,
 * numbers masked. Throws DomainError `search-too-short`, `search-letters`, `search-digits`.
 */
export async function searchPeople(
  tx: Tx,
  vault: Vault,
  by: Act,
  query: {
    readonly text: string
    readonly communes?: readonly number[]
    readonly after?: PersonId | null
  },
): Promise<PeoplePage> {
  const digits = query.text.normalize('NFKC').replace(/[\s.-]/g, '')
  if (/^\+?\d+$/.test(digits)) {
    return { people: await cards(tx, vault, await byDigits(tx, vault, digits)), next: null }
  }
  const { scope } = by
  const seen = scope === 'province' ? null : scope.communes
  const chosen = query.communes ?? seen
  const communes =
    chosen === null || seen === null ? chosen : chosen.filter((id) => seen.includes(id))
  const named = { words: searchWords(query.text), communes, after: query.after ?? null }
  const ids = await findByName(tx, { ...named, limit: PAGE + 1 })
  const next = ids.length > PAGE ? (ids[PAGE - 1] ?? null) : null
  return { people: await cards(tx, vault, ids.slice(0, PAGE)), next }
}

async function byDigits(tx: Tx, vault: Vault, digits: string): Promise<readonly PersonId[]> {
  if (/^\d{12}$/.test(digits)) return ownersOf(tx, [identifierIndex(vault, 'cccd', digits)])
  if (/^\d{9}$/.test(digits)) return ownersOf(tx, [identifierIndex(vault, 'cmnd', digits)])
  if (/^(0\d{9,10}|\+?84\d{9,10})$/.test(digits))
    return phoneOwners(tx, phoneIndex(vault, digits.replace(/^\+?84/, '0')))
  if (/^\d{4,6}$/.test(digits)) {
    const rows = await store.accountsByTail(tx, vault.index(ACCOUNT_TAIL, digits.slice(-4)))
    const owners = rows.filter((row) => openNumber(vault, row.id, row.sealed).endsWith(digits))
    return [...new Set(owners.map(({ personId }) => personId))].slice(0, PAGE)
  }
  const words =
    'Tìm theo số: 12 số định danh, 9 số chứng minh cũ, số điện thoại, hoặc 4 đến 6 số cuối tài khoản'
  throw new DomainError('invalid', 'search-digits', words)
}

async function cards(
  tx: Tx,
  vault: Vault,
  ids: readonly PersonId[],
): Promise<readonly PersonFound[]> {
  const people = await peopleById(tx, ids)
  const current = (await identifiersOf(tx, ids)).filter(({ isCurrent }) => isCurrent)
  const numbers = new Map(
    current.map((row) => [row.personId, maskDigits(openIdentifier(vault, row))]),
  )
  return people.map(({ phoneSealed: _phone, mergedInto: _merged, ...person }) => ({
    ...person,
    idNumber: numbers.get(person.id) ?? null,
  }))
}
