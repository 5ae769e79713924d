import type { Act, PersonId } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import type { Vault } from '../lib/vault.ts'
import { maskDigits, readIdNumber, readOldIdNumber, readPhone } from './id-number.ts'
import { correctPerson } from './people-correct.ts'
import { enterPeople, movePeople, personUnknown } from './people-enter.ts'
import { decideMerge, duplicatesOf, proposeMerge } from './people-merge.ts'
import * as rows from './people-rows-store.ts'
import type { Change, IdentifierRow, PersonRow, Residence } from './people-rows-store.ts'
import { searchPeople } from './people-search.ts'
import { idPlaces } from './people-store.ts'
import { compareNames, foldText, readName } from './person-name.ts'
import { openIdentifier, openPhone } from './person-sealing.ts'
import { requirePurpose } from './purpose.ts'

/** An identity number with its validity: masked here, in clear only from `reveal`. */
export interface IdentityNumber extends Pick<
  IdentifierRow,
  'kind' | 'isCurrent' | 'validFrom' | 'validTo'
> {
  readonly number: string
}

/** A person with history; numbers masked. */
export interface PersonDetail extends Omit<PersonRow, 'phoneSealed'> {
  readonly numbers: readonly IdentityNumber[]
  readonly phone: string | null
  readonly residences: readonly Residence[]
  readonly changes: readonly Change[]
  /** Other rows of this person, merged into this one. */
  readonly merged: readonly PersonId[]
}

/** The numbers of a person in clear: for whoever must see them, never for a log, a job or a message. */
export interface ClearNumbers {
  readonly personId: PersonId
  readonly numbers: readonly IdentityNumber[]
  readonly phone: string | null
}

/** A person with history, numbers masked. Throws DomainError `person-unknown` when not there, or not for who asks. */
async function get(tx: Tx, vault: Vault, id: PersonId): Promise<PersonDetail> {
  const [found] = await rows.peopleById(tx, [id])
  if (found === undefined) throw personUnknown(id)
  const { phoneSealed, ...person } = found
  const numbers = await rows.identifiersOf(tx, [id])
  return {
    ...person,
    numbers: numbers.map((row) => identity(row, maskDigits(openIdentifier(vault, row)))),
    phone: phoneSealed === null ? null : maskDigits(openPhone(vault, id, phoneSealed)),
    ...(await rows.historyOf(tx, id)),
  }
}

/**
 * Opens the numbers of people for a person who must see them, with one audit event each that says what for. Takes ids
 * and the purpose; returns what the transaction may see. Throws DomainError `purpose` when none is given.
 */
async function reveal(
  tx: Tx,
  vault: Vault,
  by: Act,
  what: { readonly ids: readonly PersonId[]; readonly purpose: string },
): Promise<readonly ClearNumbers[]> {
  requirePurpose(what.purpose)
  const people = await rows.peopleById(tx, what.ids)
  const numbers = await rows.identifiersOf(tx, what.ids)
  await recordActs(
    tx,
    by,
    people.map(({ id, communeId }) => ({
      ...{ act: 'person.reveal', subject: `person:${id}`, communeId },
      detail: { purpose: what.purpose },
    })),
  )
  return people.map(({ id, phoneSealed }) => ({
    personId: id,
    numbers: numbers
      .filter(({ personId }) => personId === id)
      .map((row) => identity(row, openIdentifier(vault, row))),
    phone: phoneSealed === null ? null : openPhone(vault, id, phoneSealed),
  }))
}

const identity = (
  { kind, isCurrent, validFrom, validTo }: IdentifierRow,
  number: string,
): IdentityNumber => ({ kind, isCurrent, validFrom, validTo, number })

/** People: who they are, where they live, how they are found, and when two rows are one person. */
export const people = {
  correct: correctPerson,
  decideMerge,
  duplicates: duplicatesOf,
  enter: enterPeople,
  get,
  move: movePeople,
  proposeMerge,
  reveal,
  search: searchPeople,
  /** For whoever reads files: the same checks as entering, a datum at a time. */
  read: {
    idNumber: readIdNumber,
    idPlaces,
    name: readName,
    oldIdNumber: readOldIdNumber,
    phone: readPhone,
  },
  compareNames,
  fold: foldText,
  mask: maskDigits,
}
