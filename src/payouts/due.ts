import type { Tx } from '../lib/db.ts'
import type { LocalDate, Month } from '../lib/time.ts'
import { registry } from '../registry/registry.ts'
import type { Due, DueLine } from './due-line.ts'
import { entitledBefore, receiversOf } from './due-store.ts'

/**
 * Asks the registry what is owed on a commune's list of a month and who receives it: the one place where lists meet the
 * law and the payees. What a list carries already is left out. A handful of statements however many people.
 * Throws what `registry.dueIn` throws.
 */
export async function dueOn(
  tx: Tx,
  list: { readonly communeId: number; readonly month: Month; readonly on: LocalDate },
): Promise<Due> {
  const { communeId, month } = list
  const due = await registry.dueIn(tx, communeId, month)
  const people = due.map(({ personId }) => personId)
  const carried = new Set(
    (await entitledBefore(tx, people, month)).map(
      ({ personId, programme, component, period }) =>
        `${personId}:${programme}:${component}:${period}`,
    ),
  )
  const receivers = await receiversOf(tx, list)
  const enrolments = new Map(receivers.map((r) => [`${r.personId}:${r.programme}`, r.enrolmentId]))
  const lines = due.flatMap(
    ({ personId, programme, categoryCode, amount, explanation }): DueLine[] => {
      const enrolmentId = enrolments.get(`${personId}:${programme}`)
      if (enrolmentId === undefined || carried.has(`${personId}:${programme}:monthly:${month}`)) {
        return []
      }
      const [formula = '', article = ''] = explanation.split(/, (?=Điều)/u)
      return [
        {
          ...{ personId, enrolmentId, programme, component: 'monthly', period: month },
          ...{ categoryCode, amount, explanation },
          explanationEn: `${inEnglish(formula)}, ${article.replace('Điều', 'Art.')}`,
          legalBasis: `${article} Nghị định 20/2021/NĐ-CP`,
        },
      ]
    },
  )
  return {
    lines,
    payees: new Map(receivers.map((r) => [`${r.personId}:${r.programme}`, r])),
  }
}

/** "360.000 × 1,5" → "360,000 × 1.5". */
function inEnglish(formula: string): string {
  return formula.replace(/[.,]/gu, (mark) => (mark === '.' ? ',' : '.'))
}
