import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { chart, chartLines } from '../../src/ledger/chart.ts'
import { reversalTemplate, templateLines, templates } from '../../src/ledger/templates.ts'
import type { TemplateName } from '../../src/ledger/templates.ts'
import { month } from '../../src/lib/time.ts'
import { ModelLedger } from '../support/model-ledger.ts'
import { randomMonth } from '../support/random-month.ts'
import { templateArbitraries, wholeWorld } from '../support/template-arbitraries.ts'
import { entriesOf } from '../support/walk.ts'
import { walks } from '../support/walks.ts'

const arbitraries = templateArbitraries(wholeWorld)
const names = Object.keys(templates) as TemplateName[]

describe.each(templateLines)('$name', ({ docVi, docEn, pairs }) => {
  test('says in both languages what it is', () => {
    expect(docVi).toMatch(/\S/)
    expect(docVi).toBe(docVi.normalize('NFC'))
    expect(docEn).toMatch(/\S/)
    expect(docVi).not.toBe(docEn)
  })

  test('names codes of the chart, each pair once, never an account against itself', () => {
    for (const code of pairs.flat()) expect(chart).toHaveProperty([code])
    expect(new Set(pairs.map((pair) => pair.join())).size).toBe(pairs.length)
    for (const [debit, credit] of pairs) expect(debit).not.toBe(credit)
  })

  test('keeps the memo accounts among themselves', () => {
    for (const [debit, credit] of pairs) {
      expect(chart[debit].type === 'memo').toBe(chart[credit].type === 'memo')
    }
  })
})

describe.each(names)('%s', (name) => {
  const built = arbitraries[name].map((vars) => templates[name].build(vars as never))
  const used = new Set<string>()

  test('stays within its pairs, with amounts above zero and subjects of the right kind', () => {
    fc.assert(
      fc.property(built, (postings) => {
        const allowed = templates[name].pairs.map((pair) => pair.join())
        expect(postings.length).toBeGreaterThan(0)
        for (const { debit, credit, amount } of postings) {
          expect(allowed).toContain([debit.code, credit.code].join())
          expect(amount > 0n).toBe(true)
          for (const { code, subject } of [debit, credit]) {
            expect(subject).toMatch(/^[a-z][a-z-]*:[0-9A-Za-z./_-]{1,80}$/)
            expect(subject.split(':')[0]).toBe(chart[code].subject)
          }
          used.add([debit.code, credit.code].join())
        }
      }),
    )
  })

  test('declares no pair that it never makes', () => {
    fc.assert(fc.property(built, () => true))
    expect([...used].toSorted()).toEqual(
      templates[name].pairs.map((pair) => pair.join()).toSorted(),
    )
  })
})

describe('the walks of the money', () => {
  test.each(walks)('$name', (walk) => {
    const ledger = new ModelLedger()
    ledger.openPeriod(month('2023-08'))
    ledger.post(entriesOf(walk, 'walk'))
    expect(Object.fromEntries(ledger.balances())).toEqual(walk.leaves)
  })

  test('a random month leaves nothing that belongs to nobody', () => {
    fc.assert(
      fc.property(randomMonth, (walk) => {
        const ledger = new ModelLedger()
        ledger.openPeriod(month('2023-08'))
        ledger.post(entriesOf(walk, 'month'))
        expect(Object.fromEntries(ledger.balances())).toEqual(walk.leaves)
      }),
    )
  })

  test('take every template', () => {
    const taken = new Set(walks.flatMap(({ steps }) => steps.map(([name]) => name)))
    expect(names.filter((name) => !taken.has(name))).toEqual([])
  })

  test('touch every account of the chart', () => {
    const touched = new Set(
      walks.flatMap((walk) =>
        entriesOf(walk, 'w').flatMap((e) =>
          e.postings.flatMap((p) => [p.debit.code, p.credit.code]),
        ),
      ),
    )
    expect(chartLines.map(([code]) => code).filter((code) => !touched.has(code))).toEqual([])
  })
})

test('a reversal is no template that callers may name', () => {
  expect(names).not.toContain(reversalTemplate.name)
})
