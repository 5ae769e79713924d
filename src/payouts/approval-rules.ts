import type { Act, PersonId } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import * as store from './approval-rules-store.ts'
import type { RuleAsks } from './approval-rules-store.ts'

/**
 * Makes a rule by which lists take a second approver, from now on, on the word of two people. Amounts in đồng. Returns its
 * id. Throws DomainError `rule-asks` unless it asks exactly one thing, `reason-unknown` (no such warning), `same-person`.
 */
async function make(
  tx: Tx,
  by: Act,
  rule: RuleAsks & { readonly document: string },
  confirmedBy: PersonId,
): Promise<string> {
  const { listTotal, rowAmount, warning, document } = rule
  if ([listTotal, rowAmount, warning].filter((one) => one !== null).length !== 1) {
    const words = 'Quy tắc hỏi đúng một điều: tổng danh sách, số tiền một dòng, hoặc một cảnh báo'
    throw new DomainError('invalid', 'rule-asks', words)
  }
  const id = await store.insertRule(tx, rule, { enteredBy: by.actor, confirmedBy })
  const detail = {
    ...{ listTotal: listTotal?.toString() ?? null, rowAmount: rowAmount?.toString() ?? null },
    ...{ warning, document, confirmedBy },
  }
  await recordActs(tx, by, [{ act: 'rule.make', subject: `approval-rule:${id}`, detail }])
  return id
}

/** Ends a rule at once, on the word of two people. Throws DomainError `rule-missing`, `same-person`. */
async function end(tx: Tx, by: Act, id: string, confirmedBy: PersonId): Promise<void> {
  if (!(await store.endRule(tx, id, { endedBy: by.actor, confirmedBy }))) {
    throw new DomainError('not-found', 'rule-missing', 'Không có quy tắc này, hoặc đã hết hiệu lực')
  }
  const detail = { confirmedBy }
  await recordActs(tx, by, [{ act: 'rule.end', subject: `approval-rule:${id}`, detail }])
}

/** Which lists take a second approver: data that two people change. */
export const approvalRules = {
  now: store.rulesNow,
  of: store.rulesOf,
  preview: store.listsMeeting,
  make,
  end,
}
