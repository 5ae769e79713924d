import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { accountsPage } from '../../scripts/print-accounts.ts'
import { chartLines } from '../../src/ledger/chart.ts'
import { templateLines } from '../../src/ledger/templates.ts'

const page = readFileSync(new URL('../../docs/accounts.md', import.meta.url), 'utf8')
const rows = page.split('\n').filter((line) => line.startsWith('| `'))
const rowOf = (name: string) => rows.filter((line) => line.startsWith(`| \`${name}\` |`))

describe('docs/accounts.md', () => {
  test('is what npm run docs:accounts prints', () => {
    expect(page).toBe(accountsPage())
  })

  test('says in its first line how it is made', () => {
    expect(page.split('\n')[0]).toMatch(/^Printed by `npm run docs:accounts`/)
  })

  test('has one row for each account and each template, and no other', () => {
    const names = [...chartLines.map(([code]) => code), ...templateLines.map(({ name }) => name)]
    for (const name of names) expect(rowOf(name)).toHaveLength(1)
    expect(rows).toHaveLength(names.length)
  })

  test('gives each pair of a template as Nợ / Có', () => {
    for (const { name, pairs } of templateLines) {
      for (const [debit, credit] of pairs) {
        expect(rowOf(name)[0]).toContain(`\`${debit}\` / \`${credit}\``)
      }
    }
  })
})
