import { reader, type Body, type Reader } from './input.ts'
import type { Spoil } from './wallet-signature.ts'

/** Faults on demand. What a rule matches begins with the kind of call: pay:REF, enquiry:REF, name:WALLET, report:DAY:PAGE. */
export const walletFaults = [
  // a payment: `value` is the reason of a rejection or return, `amount` the days until it comes back
  ...['reject', 'timeout-before', 'timeout-after', 'return'],
  // any answer: `amount` is milliseconds, seconds of skew or a status; `value` "-" for a clock that is late
  ...['wrong-amount', 'wrong-reference', 'bad-signature', 'unsigned', 'replay', 'skew'],
  ...['slow', 'garbage', 'error', 'page-short'],
  // the callback of a payment
  ...['callback-first', 'callback-none', 'callback-twice', 'callback-late', 'callback-lie'],
  ...['callback-bad-signature', 'callback-skew', 'callback-garbage', 'callback-foreign'],
] as const
export type WalletFault = (typeof walletFaults)[number]

interface Rule {
  readonly fault: WalletFault
  readonly match: RegExp
  readonly value: string
  readonly amount: number
  left: number
}
export type WalletRules = ReturnType<typeof createWalletRules>

/** The rules that are in force; they are told over HTTP and forgotten with the process. */
export const createWalletRules = () => {
  let rules: readonly Rule[] = []
  const take = (id: string, ...faults: readonly WalletFault[]): Rule | undefined => {
    const rule = rules.find(
      (one) => one.left > 0 && faults.includes(one.fault) && one.match.test(id),
    )
    if (rule) rule.left -= 1
    return rule
  }
  return {
    set: (body: Body): number => {
      const none = Array.isArray(body['rules']) && body['rules'].length === 0
      rules = none ? [] : reader(body).rows('rules', ruleOf)
      return rules.length
    },
    take,
    /** What is wrong with the signature of an answer. */
    spoilOf: (id: string): Spoil | undefined => {
      const rule = take(id, 'bad-signature', 'unsigned', 'replay', 'skew')
      if (rule?.fault === 'skew') return `skew:${rule.value}${String(rule.amount)}`
      return rule?.fault as Spoil | undefined
    },
  }
}

const ruleOf = (row: Reader): Rule => {
  const name = row.name('fault')
  const fault = walletFaults.find((one) => one === name)
  if (!fault) row.matching('fault', /(?!)/, `one of ${walletFaults.join(', ')}`)
  return {
    fault: fault ?? 'garbage',
    match: new RegExp(row.text('match')),
    value: row.text('value'),
    amount: row.count('amount'),
    left: row.count('times'),
  }
}
