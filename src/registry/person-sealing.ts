import { randomUUID } from 'node:crypto'
import type { PersonId } from '../lib/act.ts'
import { DomainError } from '../lib/errors.ts'
import type { LocalDate } from '../lib/time.ts'
import type { Place, Vault } from '../lib/vault.ts'
import { ID_NUMBER, OLD_ID_NUMBER, PHONE } from './blind-fields.ts'
import { readIdNumber, readOldIdNumber, readPhone } from './id-number.ts'
import { readName } from './person-name.ts'
import { readVillage } from './plain-words.ts'
import type { StoredIdentifier, StoredPerson } from './people-store.ts'

/** A person to be entered, as an officer or a file gives it. Ids are UUIDs made by the caller. */
export interface NewPerson {
  readonly id: PersonId
  readonly communeId: number
  readonly fullName: string
  readonly sex: 'female' | 'male'
  /** Of a birth known by its year alone any day of that year: 1 January is stored. */
  readonly birthDate: LocalDate
  readonly birthYearOnly?: boolean | undefined
  /** 12 digits. */
  readonly idNumber?: string | null | undefined
  /** 9 digits of the old identity card. */
  readonly oldIdNumber?: string | null | undefined
  readonly phone?: string | null | undefined
  /** Since when they live in the commune; left out: always, as far as is known. */
  readonly residentSince?: LocalDate | null | undefined
  /** Thôn, tổ dân phố; left out: not known. */
  readonly village?: string | null | undefined
}

/** A person read, with the identity numbers. */
export interface SealedPerson {
  readonly person: StoredPerson
  readonly identifiers: readonly StoredIdentifier[]
}

/** Reads and seals a person. Throws the DomainErrors of names, numbers and villages (person-name, id-number, plain-words). */
export function sealPerson(
  vault: Vault,
  given: NewPerson,
  places: ReadonlySet<string>,
): SealedPerson {
  const { id, communeId, sex, phone, idNumber, oldIdNumber, residentSince = null } = given
  const village = given.village ? readVillage(given.village) : null
  const birth = readBirth(given.birthDate, given.birthYearOnly === true)
  const number = idNumber ? readIdNumber(idNumber, { sex, ...birth }, places) : null
  const old = oldIdNumber ? readOldIdNumber(oldIdNumber) : null
  return {
    person: {
      ...{ id, communeId, sex, residentSince, village },
      ...readName(given.fullName),
      ...birth,
      phone: phone ? sealPhone(vault, id, readPhone(phone)) : null,
    },
    identifiers: [
      ...(number === null ? [] : [sealIdentifier(vault, id, { kind: 'cccd', number })]),
      ...(old === null ? [] : [sealIdentifier(vault, id, { kind: 'cmnd', number: old })]),
    ],
  }
}

/** A birth as it is stored: of a year alone 1 January. Throws DomainError `birth-date` outside 1900-2199. */
export function readBirth(birthDate: LocalDate, yearOnly: boolean) {
  if (birthDate < '1900-01-01' || birthDate > '2199-12-31') {
    throw new DomainError('invalid', 'birth-date', 'Ngày sinh phải từ năm 1900: sửa lại ngày sinh')
  }
  return yearOnly
    ? ({
        birthDate: `${birthDate.slice(0, 4)}-01-01` as LocalDate,
        birthPrecision: 'year',
      } as const)
    : ({ birthDate, birthPrecision: 'day' } as const)
}

/** Seals a read identity number under an id of its own; a 12-digit one is current. */
export function sealIdentifier(
  vault: Vault,
  personId: PersonId,
  of: Pick<StoredIdentifier, 'kind'> & {
    readonly number: string
    readonly from?: LocalDate
  },
): StoredIdentifier {
  const id = randomUUID()
  return {
    ...{ id, personId, kind: of.kind, isCurrent: of.kind === 'cccd', validFrom: of.from ?? null },
    sealed: vault.seal(identifierPlace(id), of.number),
    index: identifierIndex(vault, of.kind, of.number),
  }
}

/** The blind index of a read identity number. */
export const identifierIndex = (vault: Vault, kind: 'cccd' | 'cmnd', number: string): Buffer =>
  vault.index(kind === 'cccd' ? ID_NUMBER : OLD_ID_NUMBER, number)

/** Opens an identity number. Throws DomainError `sealed-value` when it was altered or moved. */
export const openIdentifier = (
  vault: Vault,
  row: { readonly id: string; readonly sealed: string },
) => vault.open(identifierPlace(row.id), row.sealed)

/** Seals a read phone number of a person. */
export const sealPhone = (vault: Vault, id: PersonId, number: string) => ({
  sealed: vault.seal(phonePlace(id), number),
  index: phoneIndex(vault, number),
})

/** The blind index of a read phone number. */
export const phoneIndex = (vault: Vault, number: string): Buffer => vault.index(PHONE, number)

/** Opens a person's phone number. Throws DomainError `sealed-value` when it was altered or moved. */
export const openPhone = (vault: Vault, id: PersonId, sealed: string): string =>
  vault.open(phonePlace(id), sealed)

const identifierPlace = (row: string): Place => ({
  ...{ table: 'person_identifier', column: 'sealed', row },
})
const phonePlace = (row: string): Place => ({ table: 'person', column: 'phone_sealed', row })
