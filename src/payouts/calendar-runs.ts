import type { Act } from '../lib/act.ts'
import type { Database, Tx } from '../lib/db.ts'
import { addDays } from '../lib/time.ts'
import type { LocalDate } from '../lib/time.ts'
import { tasksOn } from './calendar.ts'
import * as store from './calendar-store.ts'

/** Days that are made up for at the most, when no worker ran for a while. */
const CATCH_UP_DAYS = 31

/**
 * Does what the calendar asks of a day, and of the days before it that nobody worked on: each task of each day once, in
 * a transaction of its own, however often and by however many workers it is called. Returns how many tasks were done now.
 */
async function runCalendar(db: Database, by: Act, on: LocalDate): Promise<number> {
  const { holidays, last } = await db.transact(by, async (tx) => ({
    holidays: await store.holidaysOf(tx),
    last: await store.lastRun(tx),
  }))
  const earliest = addDays(on, -CATCH_UP_DAYS)
  let done = 0
  for (
    let day = last === null ? on : last < earliest ? earliest : last;
    day <= on;
    day = addDays(day, 1)
  ) {
    for (const { task, month, dueOn } of tasksOn(day, holidays)) {
      const of = { month, dueOn, on: day }
      if (await db.transact(by, (tx) => runTask(tx, task, of))) done += 1
    }
  }
  return done
}

async function runTask(
  tx: Tx,
  task: Parameters<typeof store.insertRun>[1],
  of: store.TaskOf,
): Promise<boolean> {
  if (!(await store.insertRun(tx, task, of.on, { month: of.month, dueOn: of.dueOn }))) return false
  switch (task) {
    case 'list-building':
      await store.raiseListTasks(tx, 'list', of)
      break
    case 'hand-over':
      await store.raiseListTasks(tx, 'hand-over', of)
      break
    case 'payment-window':
      await store.raiseWindowTasks(tx, of)
      break
    case 'service-report':
      await store.raiseReportTasks(tx, of)
      break
    case 'representation':
      await store.raiseRepresentationTasks(tx, of)
      break
  }
  return true
}

/** The calendar of the payouts, and what it has the offices do. */
export const calendar = { run: runCalendar, tasks: store.officeTasks }
