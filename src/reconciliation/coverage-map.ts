import type { Tx } from '../lib/db.ts'
import { DomainError, invariant } from '../lib/errors.ts'
import type { LocalDate, Month } from '../lib/time.ts'
import { registry } from '../registry/registry.ts'
import type { CommuneFigures, Coverage } from './coverage-store.ts'

/**
 * The coverage of a month on the map of a later day: the same figures by the units that the communes of the month are part
 * of then, so that every total is that of the month as it was. A unit counts as paying when one of its cases was paid through an
 * account. Throws DomainError `map-earlier`: what happened in a unit cannot be divided among those that it was made of.
 */
export async function coverageOn(
  tx: Tx,
  coverage: Coverage,
  { month, mapDay }: { readonly month: Month; readonly mapDay: LocalDate },
): Promise<Coverage> {
  if (mapDay < month) {
    throw new DomainError('invalid', 'map-earlier', 'Bản đồ phải từ tháng báo cáo trở về sau')
  }
  const ids = new Map((await registry.communesIn(tx, month)).map(({ id, code }) => [code, id]))
  const links = await registry.communes.onMap(tx, { of: month, mapDay })
  invariant(
    links.every(({ share }) => share === '1'),
    'a commune that was divided has no one unit',
  )
  const unitOf = new Map(links.map((link) => [link.communeId, link.onMap]))
  const units = new Map<number, CommuneFigures>()
  for (const commune of coverage.communes) {
    const unit = unitOf.get(ids.get(commune.code) ?? 0)
    invariant(unit !== undefined, 'every commune is part of some unit on any later map')
    const before = units.get(unit.id)
    const own = { ...commune, code: unit.code, name: unit.fullName }
    units.set(unit.id, before === undefined ? own : added(before, own))
  }
  const communes = [...units.values()]
  const communesPaid = communes.filter(({ casesPaid }) => casesPaid > 0).length
  return { ...coverage, communes, communesPaid }
}

const COUNTS = ['cases', 'casesPaid', 'returned', 'casesCash'] as const
const AMOUNTS = [
  ...(['entitled', 'paid', 'returnedAmount', 'held', 'cash', 'carried', 'inFlight'] as const),
  ...(['owed', 'unexplained'] as const),
] as const

function added(one: CommuneFigures, other: CommuneFigures): CommuneFigures {
  const counts = COUNTS.map((count) => [count, one[count] + other[count]] as const)
  const amounts = AMOUNTS.map((amount) => [amount, one[amount] + other[amount]] as const)
  return { ...one, ...Object.fromEntries(counts), ...Object.fromEntries(amounts) }
}
