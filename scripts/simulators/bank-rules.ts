import { reader, type Body, type Reader } from './input.ts'

/** Faults on demand: what goes wrong with a file, its report, or a payment. */
export const bankFaults = [
  // receiving a file: before executing, after executing, executed and answered with rubbish, not taken, taken slowly
  ...['lose', 'drop', 'garbage', 'down', 'slow', 'reject-group', 'reject-part'],
  // reporting on it
  ...[
    'report-none',
    'report-partial',
    'report-cut',
    'report-garbage',
    'report-amount',
    'report-total',
  ],
  ...[
    'report-foreign-row',
    'report-foreign-file',
    'report-unknown',
    'report-part-row',
    'report-doctype',
  ],
  ...['report-pending', 'report-as'],
  // executing one payment
  ...['reject', 'silent', 'return'],
] as const
export type BankFault = (typeof bankFaults)[number]

/** A fault for the files, parts or payments whose id matches, so many times. */
export interface Rule {
  readonly fault: BankFault
  readonly match: RegExp
  /** A reason, a status or a version of the report; for `silent`, "executed" or "lost". */
  readonly value: string
  /** Milliseconds, or days. */
  readonly amount: number
  left: number
}

export type Rules = ReturnType<typeof createRules>

/** The rules that are in force; they are told over HTTP and forgotten with the process. */
export const createRules = () => {
  const rules: Rule[] = []
  return {
    set: (body: Body): number => {
      const read = reader(body)
      const given = Array.isArray(body['rules']) && body['rules'].length === 0
      const next = given ? [] : read.rows('rules', ruleOf)
      rules.splice(0, rules.length, ...next)
      return rules.length
    },
    /** The rule for an id, which is used up once by asking. */
    take: (id: string, ...faults: readonly BankFault[]): Rule | undefined => {
      const rule = rules.find(
        (one) => one.left > 0 && faults.includes(one.fault) && one.match.test(id),
      )
      if (rule) rule.left -= 1
      return rule
    },
  }
}

const ruleOf = (row: Reader): Rule => {
  const name = row.name('fault')
  const fault = bankFaults.find((one) => one === name)
  if (!fault) row.matching('fault', /(?!)/, `one of ${bankFaults.join(', ')}`)
  return {
    fault: fault ?? 'lose',
    match: new RegExp(row.text('match')),
    value: row.text('value'),
    amount: row.count('amount'),
    left: row.count('times'),
  }
}
