import { beforeEach, describe, expect, test } from '@jest/globals'
import { localDate, month } from '../../src/lib/time.ts'
import { registry } from '../../src/registry/registry.ts'
import { freshDatabase } from '../support/database.ts'
import { refusalOf } from '../support/outcome.ts'
import { by, openRegistry, second } from '../support/registry-town.ts'
import type { Registry } from '../support/registry-town.ts'
import { rawApp, refusal, valueOf } from '../support/sql.ts'
import { preparer } from '../support/town.ts'

let town: Registry

beforeEach(async () => {
  town = await openRegistry(await freshDatabase())
})

const codeOf = (work: Promise<unknown>) => work.then(() => 'taken', refusalOf)

describe('a stop', () => {
  test('pays the month of the loss and none after it', async () => {
    const person = await town.person()
    await town.grant(person, 'HIV_NGHEO', '2023-07-05')
    const stop = { personId: person, head: 'HIV_NGHEO', lost: month('2023-08') }
    const reason = { reason: 'INELIGIBLE', ...by('2023-08-20') }
    await town.as(preparer, (tx) => registry.enrolments.stop(tx, preparer, { ...stop, ...reason }))
    expect(await town.due('2023-08')).toHaveLength(2)
    await town.list('2023-08')
    expect(await town.due('2023-09')).toEqual([])
    const wrong = town.as(preparer, (tx) =>
      registry.enrolments.stop(tx, preparer, { ...stop, ...reason, reason: 'UNPAID_3M' }),
    )
    expect(await codeOf(wrong)).toBe('reason-unknown')
  })
})

describe('a suspension', () => {
  const unpaid = (person: string, ...all: string[]) =>
    all.map((of) => ({ personId: person as never, month: month(of) }))
  const propose = (facts: ReturnType<typeof unpaid>) =>
    town.as(preparer, (tx) =>
      registry.enrolments.proposeSuspensions(tx, preparer, {
        ...{ month: month('2023-09'), on: localDate('2023-08-28'), unpaid: facts },
      }),
    )
  const idOf = async () =>
    String(await valueOf(town.database.admin, 'select id from suspension limit 1'))

  test('is proposed after three months on end that nobody received, once', async () => {
    const person = await town.person()
    await town.grant(person, 'HIV_NGHEO', '2023-05-05')
    expect(await propose(unpaid(person, '2023-05', '2023-07', '2023-08'))).toBe(0)
    const thrice = unpaid(person, '2023-06', '2023-07', '2023-08')
    expect(await propose(thrice)).toBe(1)
    expect(await propose(thrice)).toBe(0)
    expect(await town.due('2023-09')).toHaveLength(5)
  })

  test.each([
    [true, ['2023-09', '2023-10', '2023-11', '2023-12']],
    [false, ['2023-11', '2023-12']],
  ])(
    'decided by another person stops the months until it is resumed (arrears: %s)',
    async (withArrears, wanted) => {
      const person = await town.person()
      await town.grant(person, 'HIV_NGHEO', '2023-05-05')
      await town.list('2023-08')
      await propose(unpaid(person, '2023-06', '2023-07', '2023-08'))
      const id = await idOf()
      const decide = (actor: typeof preparer) =>
        town.as(actor, (tx) =>
          registry.enrolments.decideSuspension(tx, actor, { id, ...by('2023-08-30') }),
        )
      expect(await codeOf(decide(preparer))).toBe('same-person')
      await decide(second)
      expect(await codeOf(decide(second))).toBe('suspension-not-proposed')
      expect(await town.due('2023-10')).toEqual([])
      const resume = { id, from: month('2023-11'), withArrears, ...by('2023-12-01') }
      await town.as(preparer, (tx) => registry.enrolments.resume(tx, preparer, resume))
      expect(await town.due('2023-12')).toEqual(wanted.map((of) => `monthly ${of} 540000`))
    },
  )

  test('does not decide a suspension as who proposed it', async () => {
    const person = await town.person()
    await town.grant(person, 'HIV_NGHEO', '2023-05-05')
    const of = { personId: person, head: 'HIV_NGHEO', from: month('2023-09'), reason: 'DETAINED' }
    await town.as(preparer, (tx) =>
      registry.enrolments.proposeSuspension(tx, preparer, { ...of, on: localDate('2023-08-28') }),
    )
    const raw = await rawApp(town.database)
    const decide = `update suspension set state = 'DECIDED', decided_by = proposed_by, decision_number = 'x', decision_date = '2023-08-30'`
    expect(await refusal(raw, decide)).toBe('23514 suspension_two_people')
  })
})
