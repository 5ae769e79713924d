import { ledger } from '../ledger/ledger.ts'
import type { Tx } from '../lib/db.ts'
import { sumVnd } from '../lib/money.ts'
import type { LocalDate } from '../lib/time.ts'
import { changes } from './change-store.ts'
import type { ChangeGroup } from './change-store.ts'
import { secondApprove } from './completing.ts'
import {
  approveList,
  approveRows,
  openRows,
  refuseList,
  refuseRows,
  setOf,
  toOpen,
  withdrawList,
} from './deciding.ts'
import { drawUp, submit, submitAll } from './drawing-up.ts'
import { dueWithReceivers } from './due.ts'
import { deadlineOf } from './list.ts'
import type { StoredList } from './list.ts'
import { exportList, exportName } from './list-export.ts'
import { standingSums } from './list-export-store.ts'
import { listLines, standingGroups } from './list-lines.ts'
import { componentWords, relationWords } from './list-words.ts'
import * as reads from './list-reads-store.ts'
import type { Tally } from './list-reads-store.ts'
import * as store from './list-store.ts'
import { recheck, releaseList, standing, stop } from './releasing.ts'

/** A list at a glance: its tallies, what changed, what is left for it, and until when. */
export interface ListSummary {
  readonly list: StoredList
  readonly tallies: readonly Tally[]
  readonly changes: readonly ChangeGroup[]
  /** The list's sum less last month's, in đồng. */
  readonly difference: bigint
  /** What the paying unit has free, in đồng: before approval this must reach the list's sum. */
  readonly free: bigint
  readonly deadline: LocalDate
}

/** Sums up a list for whoever decides on it. Throws DomainError `list-missing`. */
async function summary(tx: Tx, listId: string): Promise<ListSummary> {
  const list = await store.readList(tx, listId)
  const groups = await changes.of(tx, [listId])
  const subject = `unit:${list.payingUnit}` as const
  return {
    list,
    tallies: await reads.talliesOf(tx, listId),
    changes: groups,
    difference: list.total - sumVnd(groups.map(({ last }) => last)),
    free: await ledger.balance(tx, { code: '1121-FREE', subject }),
    deadline: deadlineOf(list.month),
  }
}

/** A commune's list from draft to release (docs/adr/0011). */
export const lists = {
  drawUp,
  submit,
  submitAll,
  setOf,
  toOpen,
  open: openRows,
  approve: approveList,
  approveRows,
  secondApprove,
  refuseRows,
  refuse: refuseList,
  withdraw: withdrawList,
  standing,
  release: releaseList,
  recheck,
  stop,
  of: store.listsOf,
  decisionReasons: store.decisionReasonsNow,
  due: dueWithReceivers,
  changes,
  summary,
  rows: reads.rowsByName,
  export: exportList,
  exportName,
  lines: listLines,
  standingSums,
  groups: standingGroups,
  componentWords,
  relationWords,
  read: store.readList,
  timeline: reads.timelineOf,
  returnedTo: reads.returnedTo,
  reviewTimes: reads.reviewTimes,
}
