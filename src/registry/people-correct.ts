import type { Act, PersonId } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import type { LocalDate } from '../lib/time.ts'
import type { Vault } from '../lib/vault.ts'
import { maskDigits, readIdNumber, readPhone } from './id-number.ts'
import { personUnknown } from './people-enter.ts'
import * as rows from './people-rows-store.ts'
import type { Change, IdentifierRow, PersonRow } from './people-rows-store.ts'
import * as store from './people-store.ts'
import { readName } from './person-name.ts'
import { readVillage } from './plain-words.ts'
import {
  openIdentifier,
  openPhone,
  readBirth,
  sealIdentifier,
  sealPhone,
} from './person-sealing.ts'

/** What is corrected of a person, from which day, on what word. Left out: stays; null: there is none. */
export interface Correction {
  readonly personId: PersonId
  readonly on: LocalDate
  readonly reason: string
  readonly document: string | null
  readonly fullName?: string
  readonly sex?: 'female' | 'male'
  readonly birth?: { readonly date: LocalDate; readonly yearOnly: boolean }
  readonly idNumber?: string
  readonly phone?: string | null
  /** Of where they live now: somebody who moves within the commune has a new residence (people.move). */
  readonly village?: string | null
}

type Field = Omit<Change, 'reason' | 'document' | 'actor'>

/**
 * Corrects data of a person. The identity number, the old or the new one, must agree with birth and sex as they are
 * then; a replaced number stays as history. Before and after stand in person_change (numbers masked) and, names and
 * birth shortened too, in the audit event. Throws DomainError `person-unknown`, `nothing-corrected`, `person-name`,
 * `birth-date`, `id-number`, `id-number-taken`, `phone`, `village`.
 */
export async function correctPerson(
  tx: Tx,
  vault: Vault,
  by: Act,
  what: Correction,
): Promise<void> {
  const { personId, reason, document } = what
  await rows.lockPeople(tx, [personId])
  const [person] = await rows.peopleById(tx, [personId])
  if (person?.mergedInto !== null) throw personUnknown(personId)
  const fields = [
    ...(await correctIdentity(tx, vault, by, { person, what })),
    ...(await correctPhone(tx, vault, { person, what })),
    ...(await correctVillage(tx, { person, what })),
  ].filter(({ before, after }) => before !== after)
  if (fields.length === 0) {
    throw new DomainError('invalid', 'nothing-corrected', 'Không có thông tin nào thay đổi')
  }
  const changes = fields.map((field) => ({ ...field, reason, document, actor: by.actor }))
  await rows.insertChanges(tx, personId, changes)
  const detail = { on: what.on, reason, document, changed: fields.map(maskedField) }
  const subject = `person:${personId}`
  const event = { act: 'person.correct', subject, communeId: person.communeId, detail }
  await recordActs(tx, by, [event])
}

interface Case {
  readonly person: PersonRow
  readonly what: Correction
}

async function correctIdentity(
  tx: Tx,
  vault: Vault,
  by: Act,
  { person, what }: Case,
): Promise<readonly Field[]> {
  const yearOnly = what.birth?.yearOnly ?? person.birthPrecision === 'year'
  const birth = readBirth(what.birth?.date ?? person.birthDate, yearOnly)
  const sex = what.sex ?? person.sex
  const name = readName(what.fullName ?? person.fullName)
  const current = (await rows.identifiersOf(tx, [person.id])).find(({ isCurrent }) => isCurrent)
  const before = current === undefined ? null : openIdentifier(vault, current)
  const given = what.idNumber ?? before
  const places = await store.idPlaces(tx)
  const after = given === null ? null : readIdNumber(given, { sex, ...birth }, places)
  await rows.updatePerson(tx, { id: person.id, ...name, sex, ...birth })
  await store.insertNames(tx, [name])
  if (after !== null && after !== before)
    await replaceNumber(tx, vault, by, { person, on: what.on, number: after, current })
  return [
    { field: 'full_name', before: person.fullName, after: name.fullName },
    { field: 'sex', before: person.sex, after: sex },
    { field: 'birth', before: birthWords(person), after: birthWords(birth) },
    ...(after === before
      ? []
      : [{ field: 'id_number' as const, before: masked(before), after: changedTo(before, after) }]),
  ]
}

async function replaceNumber(
  tx: Tx,
  vault: Vault,
  by: Act,
  to: {
    readonly person: PersonRow
    readonly on: LocalDate
    readonly number: string
    readonly current: IdentifierRow | undefined
  },
): Promise<void> {
  const { number, on } = to
  const row = sealIdentifier(vault, to.person.id, { kind: 'cccd', number, from: on })
  if ((await store.takenIndexes(tx, [row.index])).length > 0) {
    const words = 'Số định danh đã có ở một người khác: kiểm tra trùng'
    throw new DomainError('conflict', 'id-number-taken', words)
  }
  if (to.current !== undefined) await store.endIdentifiers(tx, [to.person.id], on)
  await store.insertIdentifiers(tx, [row], by.actor)
}

async function correctPhone(tx: Tx, vault: Vault, of: Case): Promise<readonly Field[]> {
  const { id, phoneSealed } = of.person
  if (of.what.phone === undefined) return []
  const before = phoneSealed === null ? null : openPhone(vault, id, phoneSealed)
  const after = of.what.phone === null ? null : readPhone(of.what.phone)
  if (before === after) return []
  await rows.updatePhone(tx, id, after === null ? null : sealPhone(vault, id, after))
  return [{ field: 'phone', before: masked(before), after: changedTo(before, after) }]
}

async function correctVillage(tx: Tx, { person, what }: Case): Promise<readonly Field[]> {
  if (what.village === undefined) return []
  const before = await rows.villageOf(tx, person.id)
  const after = what.village === null ? null : readVillage(what.village)
  if (before !== after) await rows.updateVillage(tx, person.id, after)
  return [{ field: 'village', before, after }]
}

const masked = (number: string | null) => (number === null ? null : maskDigits(number))

/** Two numbers may look the same when they are masked: the change must show all the same. */
const changedTo = (before: string | null, after: string | null) =>
  masked(after) !== null && masked(before) === masked(after)
    ? `${masked(after) ?? ''} (số khác)`
    : masked(after)

const birthWords = (birth: Pick<PersonRow, 'birthDate' | 'birthPrecision'>) =>
  birth.birthPrecision === 'year' ? birth.birthDate.slice(0, 4) : birth.birthDate

/** The audit trail has no personal data in clear: of a name or a village the first letters, of a birth the year. */
function maskedField({ field, before, after }: Field) {
  const short = (text: string | null) => {
    if (text === null) return null
    if (field === 'full_name' || field === 'village') return text.replace(/(\p{L})[^ ]*/gu, '$1.')
    return field === 'birth' ? text.slice(0, 4) : text
  }
  return { field, before: short(before), after: short(after) }
}
