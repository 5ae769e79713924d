import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import { formatDate } from '../lib/time.ts'
import type { LocalDate, Month } from '../lib/time.ts'
import { rehome, requireRehomed } from './communes-rehome.ts'
import * as store from './communes-store.ts'
import type { CommunePeriod, OnMap } from './communes-store.ts'
import { foldText, searchWords } from './person-name.ts'
import { communesIn, visibleCommune } from './registry-store.ts'
import type { CommuneRow } from './registry-store.ts'

/** A commune of today's map found by a name, its own or that of one it was made of. */
export interface CommuneFound {
  readonly commune: CommunePeriod
  /** The unit whose name was asked for. */
  readonly named: CommunePeriod
  /** Null when the commune bears the name itself; otherwise why it was found, in both languages. */
  readonly reason: { readonly vi: string; readonly en: string } | null
}

/**
 * Communes in force on a day by a part of a name, now or before: "Thuận Lộc" finds Phường Phú Xuân and says why. Names
 * are compared without diacritics, words and beginnings of words. Throws DomainError `search-too-short`.
 */
async function search(
  tx: Tx,
  query: { readonly name: string; readonly on: LocalDate },
): Promise<readonly CommuneFound[]> {
  const words = searchWords(query.name)
  const fits = ({ fullName, validFrom }: CommunePeriod) =>
    validFrom <= query.on &&
    words.every((word) =>
      foldText(fullName)
        .split(' ')
        .some((part) => part.startsWith(word)),
    )
  const named = (await store.allCommunes(tx)).filter(fits)
  const byId = new Map(named.map((commune) => [commune.id, commune]))
  const links = await store.communesOnMap(tx, [...byId.keys()], query.on)
  const bases = await store.legalBasisOf(tx, [...byId.keys()])
  const found = new Map<string, CommuneFound>()
  for (const { communeId, onMap, relation } of links) {
    const unit = byId.get(communeId)
    if (unit === undefined) continue
    const own = relation === 'same' || fits(onMap)
    const reason = own ? null : reasonOf(unit, onMap, bases.get(communeId) ?? '')
    const entry = { commune: onMap, named: own ? onMap : unit, reason }
    found.set(own ? String(onMap.id) : `${String(onMap.id)} ${unit.nameVi}`, entry)
  }
  return [...found.values()]
}

function reasonOf(unit: CommunePeriod, today: CommunePeriod, basis: string) {
  const until = unit.validTo === null ? '' : formatDate(unit.validTo)
  return {
    vi: `${unit.fullName} (đến ${until}) nay thuộc ${today.fullName}, theo ${basis}`,
    en: `${unit.fullName} (until ${until}) is now part of ${today.fullName}, by ${basis}`,
  }
}

/**
 * What communes are on the map of a day: themselves, what they have become, or, on an earlier map, what they were made
 * of. Takes commune ids, or a month: the communes of that month. Ordered by commune, then code.
 */
async function onMap(
  tx: Tx,
  query: { readonly of: readonly number[] | Month; readonly mapDay: LocalDate },
): Promise<readonly OnMap[]> {
  const { of, mapDay } = query
  const ids = typeof of === 'string' ? (await communesIn(tx, of)).map(({ id }) => id) : of
  return store.communesOnMap(tx, ids, mapDay)
}

/**
 * A commune of a month that whoever asks may see. Throws DomainError `commune-missing`: a commune elsewhere is as little
 * there as one that never was.
 */
async function visible(
  tx: Tx,
  of: { readonly id: number; readonly month: Month },
): Promise<CommuneRow> {
  const commune = await visibleCommune(tx, of)
  if (commune !== undefined) return commune
  throw new DomainError('not-found', 'commune-missing', 'Không có xã này trong tháng ấy')
}

/** The paying unit of an id. Throws DomainError `unit-missing`: money would stand where nobody draws it. */
async function payingUnit(tx: Tx, id: string): Promise<store.PayingUnit> {
  const unit = (await store.payingUnits(tx)).find((one) => one.id === id)
  if (unit !== undefined) return unit
  throw new DomainError('not-found', 'unit-missing', 'Không có đơn vị chi trả này')
}

/** Communes: by month, by name, on the map of any day (SQL: the function communes_on_map), and when the map changes. */
export const communes = {
  ...{ in: communesIn, onMap, rehome, requireRehomed, search, visible },
  ...{ payingUnit, payingUnits: store.payingUnits },
}
