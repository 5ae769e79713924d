import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { signerOf, warnUnsigned } from '../../src/compose-documents.ts'
import { readConfig } from '../../src/config.ts'
import { makeTestSigner } from '../../src/documents/paper-signer.ts'
import type { Logger } from '../../src/lib/log.ts'

const folder = mkdtempSync(join(tmpdir(), 'paper-settings-'))
const elsewhere = { DATABASE_URL: 'postgresql://nobody:x@db.example/none', DATA_DIR: folder }
const of = (settings: Readonly<Record<string, string>>) => signerOf(readConfig(settings))

test('a database elsewhere needs a key, or the word that none signs', () => {
  expect(of(elsewhere)).toBeNull()
  expect(of({ ...elsewhere, PAPER_UNSIGNED: 'true' })).toBe('unsigned')
  const pem = join(folder, 'own.pem')
  writeFileSync(pem, makeTestSigner(Date.UTC(2026, 0, 1)))
  const keys = { PAPER_SIGN_KEY: pem, PAPER_SIGN_CERTIFICATES: pem }
  // A key is used, whatever else is allowed.
  expect(of({ ...elsewhere, ...keys, PAPER_UNSIGNED: 'true' })).toMatchObject({
    name: 'An Sinh TEST papers',
  })
  expect(() => of({ ...elsewhere, PAPER_SIGN_KEY: pem })).toThrow('PAPER_SIGN_CERTIFICATES')
  expect(of({ DATA_DIR: folder })).toMatchObject({ name: 'An Sinh TEST papers' })
})

test('who runs it without is told at the start', () => {
  const told: string[] = []
  const hear = (level: string) => (what: { readonly event: string }) =>
    void told.push(`${level} ${what.event}`)
  const log = { error: hear('error'), warn: hear('warn') } as unknown as Logger
  warnUnsigned(null, log)
  warnUnsigned('unsigned', log)
  warnUnsigned(of({ DATA_DIR: folder }), log)
  expect(told).toEqual(['error papers.not-issued', 'warn papers.unsigned'])
})
