import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import type { Vnd } from '../lib/money.ts'
import type { LocalDate, Month } from '../lib/time.ts'
import { registry } from '../registry/registry.ts'
import type { ChannelName } from './channels/channel.ts'
import { entitledBefore, receiversOf } from './due-store.ts'

/** One thing a person is owed on a month's list; the registry says the same of itself (plan: DueLine). */
export interface DueLine {
  readonly personId: PersonId
  readonly enrolmentId: string
  readonly programme: string
  /** 'monthly', 'care', 'institution', 'funeral', 'one-off', 'difference'. */
  readonly component: string
  /** The month it is owed for: before the list's month for arrears. */
  readonly period: Month
  readonly categoryCode: string
  readonly amount: Vnd
  readonly explanation: string
  readonly explanationEn: string
  readonly legalBasis: string
}

/** Who receives a person's money of a programme, and how. */
export interface Payee {
  readonly payeeId: PersonId
  readonly relation: string
  readonly representationId: string | null
  readonly method: 'account' | 'cash'
  readonly channel: ChannelName | null
  readonly paymentAccountId: string | null
  /** Why it could not be released today; null when it could. */
  readonly hold: string | null
  readonly warnings: readonly string[]
}

/** What the law owes the people of a commune on a month's list and who receives it. */
export interface Due {
  readonly lines: readonly DueLine[]
  /** By `${personId}:${programme}`. */
  readonly payees: ReadonlyMap<string, Payee>
}

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
