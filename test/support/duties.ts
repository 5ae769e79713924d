import { beforeAll, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { readMatrix } from '../../src/access/matrix.ts'
import type { Act, PersonId } from '../../src/lib/act.ts'
import { recordActs } from '../../src/lib/audit.ts'
import { freshDatabase } from './database.ts'
import type { FreshDatabase } from './database.ts'
import { refusalOf } from './outcome.ts'

// The database itself keeps duties apart, by person, whatever the role, the account or the delegation.

const { incompatible } = readMatrix('prisma/access')
const acts = [...new Set(incompatible.flatMap(({ one, other }) => [one, other]))]
const apart = (one: string, other: string) =>
  incompatible.some(
    (pair) =>
      (pair.one === one && pair.other === other) || (pair.one === other && pair.other === one),
  )

let database: FreshDatabase
beforeAll(async () => {
  database = await freshDatabase()
})

const person = (n: number) => `0000000a-0000-7000-8000-${String(n).padStart(12, '0')}` as PersonId

/** One act of a person, for themselves or standing in for another. */
const step = fc.record({
  who: fc.integer({ min: 1, max: 4 }),
  deputyFor: fc.option(fc.integer({ min: 1, max: 4 }), { nil: null, freq: 4 }),
  act: fc.constantFrom(...acts),
})

let batches = 0

/** Declares the property with so many random batches. */
export function dutiesApart(runs: number): void {
  test('no batch ever has one person in two acts that exclude each other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 12 }), async (steps) => {
        const subject = `list:random-${String((batches += 1))}`
        const done: { readonly persons: readonly number[]; readonly act: string }[] = []
        for (const { who, deputyFor, act } of steps) {
          const persons = deputyFor === null ? [who] : [who, deputyFor]
          const allowed = done.every(
            (before) =>
              !apart(before.act, act) || !before.persons.some((one) => persons.includes(one)),
          )
          const by: Act = {
            ...{ actor: person(who), via: 'test', scope: 'province' },
            origin: deputyFor === null ? {} : { deputyFor: person(deputyFor) },
          }
          const tried = database.app.transact(by, (tx) => recordActs(tx, by, [{ act, subject }]))
          const code = await tried.then(() => 'done', refusalOf)
          expect({ act, code }).toEqual({
            act,
            code: allowed ? 'done' : 'duties-apart',
          })
          if (allowed) done.push({ persons, act })
        }
      }),
      { numRuns: runs },
    )
  }, 3_600_000)
}
