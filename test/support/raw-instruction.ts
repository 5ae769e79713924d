import type pg from 'pg'
import { ledger } from '../../src/ledger/ledger.ts'
import { addDays } from '../../src/lib/time.ts'
import { transitions } from '../../src/payouts/instruction.ts'
import type { InstructionState } from '../../src/payouts/instruction.ts'
import { nextIssue } from '../../src/payouts/reference.ts'
import { reconciliation } from '../../src/reconciliation/reconciliation.ts'
import type { FreshDatabase } from './database.ts'
import { rawApp, refusal, valueOf } from './sql.ts'
import { accountant, enterTown, leader, payday, releaseLists, treasurer } from './town.ts'

const AGAIN = `insert into instruction (reference, entitlement_number, list_id, commune_id, paying_unit, channel, payment_account_id,
    amount, state, replaces, prepared_by)
  select $2, entitlement_number, list_id, commune_id, paying_unit, channel, payment_account_id, amount, 'LISTED', reference, prepared_by
    from instruction where reference = $1`

export const states = Object.keys(transitions) as InstructionState[]

/** A listed instruction of a released list, and raw SQL of the application's role to move it about. */
export interface RawInstruction {
  readonly client: pg.Client
  readonly reference: string
  /** Sets the state; says how that went. */
  move(to: string): Promise<string>
  /** Goes the shortest way from LISTED to a state. */
  walkTo(state: InstructionState): Promise<void>
  /** Writes a decision to resend; by default that of two people. */
  decide(attempt: number, people?: readonly { readonly actor: string }[]): Promise<string>
}

const SET = `update instruction set state = $2, approved_by = coalesce(approved_by, '${leader.actor}'),
    claimed_at = case when $2 = 'SUBMITTING' then timestamptz '${payday} 12:00+07' else claimed_at end where reference = $1`
const DECIDE = `insert into resend_decision (reference, attempt, commune_id, requested_by, approved_by, evidence)
  select reference, $2, commune_id, $3, $4, 'st-' || date '${payday}' + 1 from instruction where reference = $1`

/** What a claim of each attempt would have booked, and the statements of the day and of the next, without a line. */
async function cover({ app, admin }: FreshDatabase, reference: string): Promise<void> {
  const { rows } = await admin.query<{
    list: string
    channel: 'bank'
    commune: number
    unit: string
    amount: string
  }>(
    `select l.number as list, i.channel, i.commune_id as commune, i.paying_unit as unit, i.amount::text as amount
       from instruction i join payout_list l on l.id = i.list_id where i.reference = $1`,
    [reference],
  )
  const [of] = rows
  if (of === undefined) throw new Error('an instruction')
  const entry = (template: 'submit' | 'not-executed', attempt: number) =>
    ledger.entry(
      template,
      { list: of.list, instruction: reference, amount: BigInt(of.amount) },
      {
        reference: `${template}:${reference}:${String(attempt)}`,
        occurredOn: payday,
        communeId: of.commune,
      },
    )
  const entries = [0, 1].flatMap((n) => [entry('submit', n), entry('not-executed', n)])
  await app.transact(treasurer, (tx) => ledger.post(tx, treasurer, entries))
  for (const day of [payday, addDays(payday, 1)]) {
    const source = { channel: of.channel, payingUnit: of.unit }
    const statement = { id: `st-${day}`, day, opening: 0n, closing: 0n, lines: [] }
    await app.transact(accountant, (tx) =>
      reconciliation.importStatement(tx, accountant, source, statement),
    )
  }
}

/** The shortest way from LISTED to a state, without LISTED. */
export function wayTo(state: InstructionState): readonly InstructionState[] {
  const ways = new Map<InstructionState, readonly InstructionState[]>([['LISTED', []]])
  for (const [at, way] of ways) {
    for (const next of transitions[at]) if (!ways.has(next)) ways.set(next, [...way, next])
  }
  return ways.get(state) ?? []
}

/** Enters a commune of two accounts and a wallet, releases its list, and begins one instruction again as LISTED. */
export async function rawInstruction(database: FreshDatabase): Promise<RawInstruction> {
  const [commune] = await enterTown(database, [{ bank: 2, wallet: 1 }])
  if (commune === undefined) throw new Error('a commune')
  await releaseLists(database, [commune])
  const client = await rawApp(database)
  // Neither prepared nor approved: may also let go what was held.
  await client.query(`select set_config('app.actor', $1, false)`, [treasurer.actor])
  const first = String(await valueOf(client, 'select min(reference) from instruction'))
  await client.query(`update instruction set state = 'CANCELLED' where reference = $1`, [first])
  const reference = nextIssue(first)
  await client.query(AGAIN, [first, reference])
  await cover(database, reference)
  const move = (to: string) => refusal(client, SET, [reference, to])
  return {
    client,
    reference,
    move,
    walkTo: async (state) => {
      for (const step of wayTo(state)) {
        const moved = await move(step)
        if (moved !== 'taken: 1 rows') throw new Error(`${step}: ${moved}`)
      }
    },
    decide: (attempt, people = [treasurer, accountant]) =>
      refusal(client, DECIDE, [reference, attempt, ...people.map(({ actor }) => actor)]),
  }
}
