import type { Tx } from '../lib/db.ts'

/** What is paid: the entitlement with the law behind it, and the instruction. Amounts in đồng as text. */
export interface PaymentFacts {
  readonly reference: string
  readonly entitlement: string
  readonly list: string
  readonly communeId: number
  /** The first day of the month that is paid. */
  readonly month: string
  readonly state: string
  /** đồng, digits. */
  readonly amount: string
  readonly facts: Readonly<Record<string, unknown>>
}

/**
 * The payment with a reference: what is owed and why, from which facts, on which row of which list; no name and no number of a
 * person or an account, only ids. Undefined when there is none in sight.
 */
export async function paymentOf(tx: Tx, reference: string): Promise<PaymentFacts | undefined> {
  const [row] = await tx.$queryRaw<PaymentFacts[]>`
    select i.reference, e.number as entitlement, l.number as list, i.commune_id as "communeId",
      e.month::text, i.state, i.amount::text, json_build_object(
        'reference', i.reference, 'state', i.state, 'channel', i.channel, 'amount', i.amount::text, 'attempt', i.attempt, 'order', i.order_id,
        'replaces', i.replaces, 'paymentAccountId', i.payment_account_id,
        'entitlement', json_build_object('number', e.number, 'personId', e.person_id, 'programme', e.programme, 'component', e.component,
          'month', e.month, 'category', e.category_code, 'amount', e.amount::text, 'explanation', e.explanation,
          'explanationEn', e.explanation_en, 'legalBasis', e.legal_basis, 'payeeId', e.payee_id, 'relation', e.relation,
          'representationId', e.representation_id),
        'ruleInputs', (select json_build_object('enrolmentId', n.id, 'category', case when c.confidential then c.neutral_code else n.category_code end,
            'from', n.valid_from, 'to', n.valid_to, 'birthDate', p.birth_date, 'decisionNumber', n.decision_number)
           from enrolment n join person p on p.id = n.person_id
           left join lateral (select * from benefit_category x where x.code = n.category_code order by x.valid_from desc limit 1) c on true
          where n.id = e.enrolment_id),
        'events', (select json_agg(json_build_object('from', v.from_state, 'to', v.to_state, 'attempt', v.attempt, 'reason', v.reason,
            'actor', v.actor, 'via', v.via, 'at', v.recorded_at) order by v.id) from instruction_event v where v.reference = i.reference)) as facts
      from instruction i join entitlement e on e.number = i.entitlement_number join payout_list l on l.id = e.list_id
     where i.reference = ${reference}`
  return row
}

/** The list that a row stands on, with its hash, who prepared, approved and released it, and the row as it was hashed. */
export async function listOf(tx: Tx, entitlement: string): Promise<unknown> {
  const [row] = await tx.$queryRaw<{ list: unknown }[]>`
    select json_build_object('number', l.number, 'month', l.month, 'version', l.version, 'state', l.state, 'rowCount', l.row_count,
        'total', l.total::text, 'contentHash', encode(l.content_hash, 'hex'), 'preparedBy', l.prepared_by, 'approvedBy', l.approved_by,
        'releasedBy', l.released_by, 'row', e.row, 'rowAsHashed', entitlement_canonical(e),
        'decisions', (select coalesce(json_agg(json_build_object('decision', d.decision, 'by', d.decided_by, 'at', d.recorded_at,
                          'rows', d.rows, 'total', d.total::text, 'contentHash', encode(d.content_hash, 'hex')) order by d.id), '[]')
                        from list_decision d where d.list_id = l.id)) as list
      from entitlement e join payout_list l on l.id = e.list_id where e.number = ${entitlement}`
  return row?.list ?? null
}

/** An order file as JSON has it. */
export interface OrderFileFacts extends Readonly<Record<string, unknown>> {
  readonly channel: string
  readonly id: string
}

/** The order files that carried a payment, with the payment's own line, and the status files that answered them. */
export async function filesOf(tx: Tx, reference: string): Promise<readonly OrderFileFacts[]> {
  const [row] = await tx.$queryRaw<{ files: OrderFileFacts[] }[]>`
    select coalesce(json_agg(json_build_object('channel', f.channel, 'id', f.id, 'order', f.order_id, 'rows', f.row_count, 'total', f.total::text,
        'claimedAt', f.claimed_at, 'line', array_position(f.refs, i.reference), 'amount', f.amounts[array_position(f.refs, i.reference)]::text,
        'statusFiles', (select coalesce(json_agg(json_build_object('sha256', encode(s.sha256, 'hex'), 'name', s.name, 'outcome', s.outcome,
            'messageId', s.message_id, 'at', s.recorded_at) order by s.recorded_at), '[]')
           from status_file s where s.channel = f.channel and s.order_file_id = f.id)) order by f.claimed_at), '[]') as files
      from instruction i join order_file f on f.order_id = i.order_id and i.reference = any (f.refs)
     where i.reference = ${reference}`
  return row?.files ?? []
}

/** The lines of statements that name a payment, each with the statement and the entry that it was posted by. */
export async function statementLinesOf(tx: Tx, reference: string): Promise<unknown> {
  const [row] = await tx.$queryRaw<{ lines: unknown }[]>`
    select coalesce(json_agg(json_build_object('id', n.id, 'day', n.day, 'kind', n.kind, 'direction', n.direction, 'amount', n.amount::text,
        'reason', n.reason, 'state', n.state, 'entry', j.reference, 'statement', json_build_object('id', s.id, 'channel', s.channel,
        'payingUnit', s.paying_unit, 'opening', s.opening::text, 'closing', s.closing::text, 'lines', s.line_count,
        'contentHash', encode(s.content_hash, 'hex'))) order by n.day, n.id), '[]') as lines
      from statement_line n join statement s on s.id = n.statement_id left join journal_entry j on j.id = n.entry_id
     where n.reference = ${reference}`
  return row?.lines ?? []
}
