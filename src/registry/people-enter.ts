import type { Act } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import { formatDate } from '../lib/time.ts'
import type { Vault } from '../lib/vault.ts'
import * as store from './people-store.ts'
import type { Move } from './people-store.ts'
import { readVillage } from './plain-words.ts'
import { sealPerson } from './person-sealing.ts'
import type { NewPerson, SealedPerson } from './person-sealing.ts'

/** Faults that one message names; the rest are counted. */
const FAULTS_SHOWN = 15

/**
 * Enters people with numbers and residence: a few statements however many; the caller records the act (registry.enter).
 * Throws DomainError `people-refused` that names each wrong row (counted from 1) and what is wrong with it, without the
 * numbers; `id-number-taken` is among them when somebody has the same current number.
 */
export async function enterPeople(
  tx: Tx,
  vault: Vault,
  by: Act,
  people: readonly NewPerson[],
): Promise<void> {
  if (people.length === 0) return
  const places = await store.idPlaces(tx)
  const faults: string[] = []
  const sealed = people.flatMap((person, at) => {
    const one = sealedOrFault(() => sealPerson(vault, person, places))
    if (typeof one !== 'string') return [one]
    faults.push(rowFault(at, one))
    return []
  })
  if (faults.length === 0) faults.push(...(await takenFaults(tx, sealed)))
  if (faults.length > 0) throw refused(faults)
  const persons = sealed.map(({ person }) => person)
  await store.insertPeople(tx, persons, by.actor)
  const identifiers = sealed.flatMap((one) => one.identifiers)
  await store.insertIdentifiers(tx, identifiers, by.actor)
}

/**
 * Moves people to other communes, or to another village of theirs, each from a day on: the residence before ends on that day,
 * and what belongs to the person goes along (0007_people: person_takes_along). Enrolments are changed by registry.enrolments (Art 8.3, 8.4).
 * Throws DomainError `person-unknown`, `move-scope` (who acts must see both communes), `move-commune` (not in force on
 * that day, or no move), `move-date` (not after the last one) and `village`. One audit event a person.
 */
export async function movePeople(tx: Tx, by: Act, asked: readonly Moved[]): Promise<void> {
  if (asked.length === 0) return
  const moves = asked.map((move) => ({ ...move, village: villageOf(move) }))
  const ids = moves.map(({ personId }) => personId)
  const residences = await store.lockResidences(tx, ids)
  const homes = new Map(residences.map((home) => [home.id, home]))
  const inForce = await store.communesInForce(tx, moves)
  if (new Set(ids).size !== ids.length) throw moveFault('move-date', 'có người ghi hai lần')
  for (const { personId, toCommuneId, on, village } of moves) {
    const home = homes.get(personId)
    if (home === undefined || home.merged) throw personUnknown(personId)
    if (!sees(by, home.communeId) || !sees(by, toCommuneId))
      throw moveFault('move-scope', 'chỉ người phụ trách cả nơi đi và nơi đến được ghi')
    const elsewhere =
      toCommuneId !== home.communeId || (village !== null && village !== home.village)
    if (!inForce.has(`${String(toCommuneId)} ${on}`) || !elsewhere)
      throw moveFault(
        'move-commune',
        `nơi đến phải là xã khác hoặc thôn khác, còn hiệu lực ngày ${formatDate(on)}`,
      )
    if (home.since !== null && on <= home.since)
      throw moveFault('move-date', `ngày chuyển phải sau ${formatDate(home.since)}`)
  }
  await store.storeMoves(tx, moves, by.actor)
  const events = moves.map(({ personId, toCommuneId, on, document, village }) => {
    const home = homes.get(personId)
    const from = home?.communeId
    const moved = village !== (home?.village ?? null)
    const detail = { from, to: toCommuneId, on, document, ...(moved && { village: 'changed' }) }
    return { act: 'person.move', subject: `person:${personId}`, communeId: from, detail }
  })
  await recordActs(tx, by, events)
}

/** A move as an officer asks for it: the village may be left out. */
export type Moved = Omit<Move, 'village'> & { readonly village?: string | null | undefined }

const villageOf = ({ village }: Moved): string | null => (village ? readVillage(village) : null)

/** The refusal when a person is not there, or not for who asks. */
export const personUnknown = (id: string): DomainError =>
  new DomainError('not-found', 'person-unknown', `Không tìm thấy người có mã ${id}`)

const sees = ({ scope }: Act, communeId: number): boolean =>
  scope === 'province' || scope.communes.includes(communeId)

const moveFault = (code: string, why: string) =>
  new DomainError(
    code === 'move-scope' ? 'forbidden' : 'invalid',
    code,
    `Chuyển nơi cư trú: ${why}`,
  )

function sealedOrFault(read: () => SealedPerson): SealedPerson | string {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    return error.message
  }
}

/** A current number stands once: neither twice in one entry nor beside a row that is there. */
async function takenFaults(tx: Tx, sealed: readonly SealedPerson[]): Promise<readonly string[]> {
  const rows = sealed.flatMap(({ identifiers }, at) =>
    identifiers.filter(({ isCurrent }) => isCurrent).map(({ index }) => ({ index, at })),
  )
  const seen = new Set(
    await store.takenIndexes(
      tx,
      rows.map(({ index }) => index),
    ),
  )
  return rows.flatMap(({ index, at }) => {
    const key = index.toString('hex')
    const taken = seen.has(key)
    seen.add(key)
    return taken ? [rowFault(at, 'Số định danh đã có ở một người khác: kiểm tra trùng')] : []
  })
}

const rowFault = (at: number, words: string) => `dòng ${String(at + 1)}: ${words}`

function refused(faults: readonly string[]): DomainError {
  const more = faults.length - FAULTS_SHOWN
  const lines = faults.slice(0, FAULTS_SHOWN).join('; ')
  const rest = more > 0 ? `; và ${String(more)} dòng nữa` : ''
  return new DomainError('invalid', 'people-refused', `Không nhận danh sách người: ${lines}${rest}`)
}
