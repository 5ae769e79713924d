import type { Act } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import { monthOf } from '../lib/time.ts'
import type { LocalDate } from '../lib/time.ts'
import { approvalRules } from './approval-rules.ts'
import { calendar } from './calendar-runs.ts'
import { carry, toCarry } from './carrying.ts'
import { handOver, settle } from './cash.ts'
import { heldOf, writeCashList } from './cash-file.ts'
import { cashReportOf, readCashReport, settleByReport } from './cash-report.ts'
import { cashListById, cashListsOf, rowsOf } from './cash-store.ts'
import { channelNames } from './channels/channel.ts'
import { enquireDue, enquireRound } from './enquiries.ts'
import { failureReasonOf } from './failure-reasons.ts'
import { holdsRead } from './hold-store.ts'
import { instructionOf, instructionsOf } from './instruction-reads-store.ts'
import { checkBooks, failClosed } from './invariants.ts'
import { lists } from './lists.ts'
import { fileLinesOf, orderFileSubject } from './order-files.ts'
import { overpaid } from './overpaid.ts'
import { hold, lift } from './releasing.ts'
import * as orders from './payouts-store.ts'
import { redirectHeld } from './redirecting.ts'
import { numbersOf } from './reference.ts'
import { prepareReissues } from './reissuing.ts'
import { applyStatus } from './outcomes.ts'
import * as outcomes from './outcomes-store.ts'
import { resend, takeBackFiles, withdrawResend } from './resending.ts'
import { sendOrder } from './sending.ts'
import * as sending from './sending-store.ts'
import { settleLines } from './settling.ts'
import { proposeUnpaid, unpaidMonths } from './unpaid.ts'
import { giveStatusFile, previewStatusFile } from './status-by-hand.ts'
import { takeStatusFile, takeStatusFiles } from './status-files.ts'
import { stopping } from './stopping.ts'
import { sweep } from './sweeping.ts'
import { takeTurns } from './turns-store.ts'
import { giveUpOnLateReports } from './sweeping-store.ts'
import { switches } from './switches.ts'
import { worklist } from './worklist.ts'

/** Approves prepared re-issues as a second person. Throws DomainError `instruction-missing` when one does not wait for it. */
async function approveReissues(tx: Tx, by: Act, references: readonly string[]): Promise<void> {
  const moved = await outcomes.approveReissued(tx, references, by.actor)
  await recordReissues(tx, by, 'instruction.approve-reissue', { references, moved })
}

/** Puts approved re-issues in the queue as a third person. Throws DomainError `instruction-missing` when one does not wait for it. */
async function queueReissues(tx: Tx, by: Act, references: readonly string[]): Promise<void> {
  const moved = await outcomes.queueReissued(tx, references)
  await recordReissues(tx, by, 'instruction.release-reissue', { references, moved })
}

/** All or none: what was named and did not move is said, and nothing of it has happened. */
async function recordReissues(
  tx: Tx,
  by: Act,
  act: string,
  of: {
    readonly references: readonly string[]
    readonly moved: readonly outcomes.MovedInstruction[]
  },
): Promise<void> {
  const done = new Set(of.moved.map(({ reference }) => reference))
  const missing = of.references.filter((reference) => !done.has(reference))
  if (missing.length > 0) {
    const message = `Lệnh chi lại không chờ bước này: ${missing.slice(0, 10).join(', ')}`
    throw new DomainError('not-found', 'instruction-missing', message, { references: missing })
  }
  await recordActs(
    tx,
    by,
    of.moved.map(({ reference, communeId }) => ({
      act,
      subject: `instruction:${reference}`,
      communeId,
    })),
  )
}

/**
 * Groups what is queued into orders for a business day within the channels' limits, ordered by the person who acts.
 * Returns how many orders.
 */
async function planOrders(
  tx: Tx,
  by: Act,
  on: LocalDate,
  limits: orders.OrderLimits,
): Promise<number> {
  const plan = { on, limits, until: monthOf(on), orderedBy: by.actor, plannedBy: by.actor }
  const made = await orders.planOrders(tx, plan)
  if (made > 0)
    await recordActs(tx, by, [
      { act: 'orders.plan', subject: `day:${on}`, detail: { orders: made } },
    ])
  return made
}

/** Cash lists from hand-over to settlement, over HTTP or by files. */
const cash = {
  of: cashListsOf,
  get: cashListById,
  rowsOf,
  heldOf,
  toCarry,
  carry,
  handOver,
  settle,
  writeList: writeCashList,
  readReport: readCashReport,
  reportOf: cashReportOf,
  settleByReport,
}

/** The face of payouts: lists, orders, sending, outcomes, cash. */
export const payouts = {
  approvalRules,
  lists,
  holds: { place: hold, lift, read: holdsRead },
  instruction: instructionOf,
  instructions: instructionsOf,
  numbersOf,
  cash,
  orderFiles: { linesOf: fileLinesOf, subject: orderFileSubject },
  overpaid,
  channelNames,
  planOrders,
  takeTurns,
  ordersToSend: orders.ordersToSend,
  lastPlannedDay: orders.lastPlannedDay,
  sendOrder,
  applyStatus,
  enquireDue,
  giveUpOnSilent: sending.giveUpOnSilent,
  giveStatusFile,
  previewStatusFile,
  takeStatusFile,
  takeStatusFiles,
  giveUpOnLateReports,
  raiseIdleOrders: sending.raiseIdleOrders,
  takeBackFiles,
  inState: outcomes.inState,
  countOutgoing: outcomes.countOutgoing,
  countStates: outcomes.countStates,
  resend,
  withdrawResend,
  failedOf: outcomes.failedOf,
  failureReasonOf,
  worklist,
  prepareReissues,
  redirectHeld,
  approveReissues,
  queueReissues,
  settleLines,
  unpaidMonths,
  proposeUnpaid,
  switches,
  calendar,
  stopping,
  sweep,
  enquireRound,
  checkBooks,
  failClosed,
}
