import type { Tx } from '../lib/db.ts'
import { invariant } from '../lib/errors.ts'
import type { LocalDate, Month } from '../lib/time.ts'
import { registry } from '../registry/registry.ts'
import { receiverKey } from './due-line.ts'
import type { Due, DueLine, Payee } from './due-line.ts'
import { entitledAnywhere, entitledOfMerged } from './due-store.ts'

/**
 * Asks the registry what is owed on the lists of some communes of a month and who receives it: the one place where lists
 * meet the law and the payees. What lists carry already is left out. A handful of statements however many people.
 * Throws what `registry.dueIn` throws.
 */
export async function dueOn(
  tx: Tx,
  of: { readonly communes: readonly number[]; readonly month: Month; readonly on: LocalDate },
): Promise<Due> {
  const { communes, month, on } = of
  const entitled = { entitled: entitledAnywhere, entitledMerged: entitledOfMerged }
  const lines = await registry.dueIn(tx, { communes, month, ...entitled })
  const people = new Map(
    lines
      .filter(({ component }) => component !== 'funeral')
      .map((line) => [
        receiverKey(line),
        { personId: line.personId, programme: line.payeeProgramme },
      ]),
  )
  const payees = await registry.payees.of(tx, { month, on, people: [...people.values()] })
  const organised = await organisers(tx, lines)
  return {
    lines,
    payees: organised.length === 0 ? payees : new Map<string, Payee>([...payees, ...organised]),
  }
}

/** Support for a funeral is paid to its organiser, in cash (Decree 20/2021 Art 11). */
async function organisers(
  tx: Tx,
  lines: readonly DueLine[],
): Promise<readonly (readonly [string, Payee])[]> {
  const funerals = lines.filter(({ component }) => component === 'funeral')
  if (funerals.length === 0) return []
  const found = await registry.deaths.organisersOf(
    tx,
    funerals.map(({ enrolmentId }) => enrolmentId),
  )
  return funerals.flatMap((line) => {
    const payeeId = found.get(line.enrolmentId)
    const how = { method: 'cash', channel: null, paymentAccountId: null } as const
    const free = { representationId: null, hold: null, warnings: [] }
    return payeeId === undefined
      ? []
      : [[receiverKey(line), { payeeId, relation: 'funeral_organiser', ...how, ...free }] as const]
  })
}

/** What is owed on a commune's list of a month, each line with who receives it: what the next list would carry. */
export async function dueWithReceivers(
  tx: Tx,
  communeId: number,
  month: Month,
): Promise<readonly (DueLine & Payee)[]> {
  const { lines, payees } = await dueOn(tx, { communes: [communeId], month, on: month })
  return lines.map((line) => {
    const payee = payees.get(receiverKey(line))
    invariant(payee, 'whoever is owed something has somebody who receives it')
    return { ...line, ...payee }
  })
}
