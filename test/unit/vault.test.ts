import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { keysFromText, keysInFolder } from '../../src/lib/vault-keys.ts'
import { openVault } from '../../src/lib/vault.ts'
import { DomainError } from '../../src/lib/errors.ts'
import { vault } from '../support/vault.ts'

const place = { table: 'payment_account', column: 'number', row: '1' }
const key = (fill: number) => Buffer.alloc(32, fill)
const folder = mkdtempSync(join(tmpdir(), 'vault-test-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})
/** The refusal that work ends with. */
const attempt = (work: () => unknown): DomainError => {
  try {
    work()
  } catch (error) {
    if (error instanceof DomainError) return error
    throw error
  }
  throw new Error('not refused')
}

test('what is sealed opens again, and never looks the same twice', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (clear) => {
      const sealed = vault.seal(place, clear)
      expect(vault.open(place, sealed)).toBe(clear)
      expect(vault.seal(place, clear)).not.toBe(sealed)
      if (clear.length > 3) expect(sealed).not.toContain(clear)
    }),
  )
})

test.each(['table', 'column', 'row'] as const)('a value moved to another %s is refused', (part) => {
  const sealed = vault.seal(place, '046145000001')
  const open = () => vault.open({ ...place, [part]: 'other' }, sealed)
  expect(attempt(open)).toMatchObject({ code: 'sealed-value' })
})

test('a value altered in any byte is refused, and the refusal does not repeat it', () => {
  const sealed = vault.seal(place, '046145000001')
  const [id = '', body = ''] = sealed.split('.')
  const bytes = Buffer.from(body, 'base64url')
  for (let at = 0; at < bytes.length; at += 1) {
    const altered = Buffer.from(bytes)
    altered.writeUInt8(altered.readUInt8(at) ^ 1, at)
    const refusal = attempt(() => vault.open(place, `${id}.${altered.toString('base64url')}`))
    expect(refusal).toMatchObject({ code: 'sealed-value' })
    expect(refusal.message).not.toContain('046145000001')
  }
  expect(attempt(() => vault.open(place, `${id}.AAAA`))).toMatchObject({
    code: 'sealed-value',
  })
})

test('an older key still opens, a new one seals, an unknown one is refused', () => {
  const index = key(3)
  const before = openVault({ data: [{ id: 'k1', key: key(1) }], index })
  const after = openVault({
    data: [
      { id: 'k2', key: key(2) },
      { id: 'k1', key: key(1) },
    ],
    index,
  })
  expect(after.open(place, before.seal(place, 'x'))).toBe('x')
  expect(after.seal(place, 'x')).toMatch(/^k2[.]/)
  expect(attempt(() => before.open(place, after.seal(place, 'x')))).toMatchObject({
    code: 'sealed-value',
  })
})

test('a blind index is of its value, its field and its key alone', () => {
  const index = vault.index('person.id', '046145000001')
  expect(index).toHaveLength(32)
  expect(vault.index('person.id', '046145000001')).toEqual(index)
  expect(vault.index('account.number', '046145000001')).not.toEqual(index)
  const other = openVault({ data: [{ id: 'k1', key: key(1) }], index: key(4) })
  expect(other.index('person.id', '046145000001')).not.toEqual(index)
  expect(vault.hasIndex('person.id', '046145000001', index)).toBe(true)
  expect(vault.hasIndex('person.id', '046145000002', index)).toBe(false)
})

test('keys in a folder are made once, for the owner only, and a damaged file is refused', () => {
  const made = keysInFolder(folder)
  expect(keysInFolder(folder)).toEqual(made)
  const path = join(folder, 'vault-keys.json')
  expect(statSync(path).mode & 0o777).toBe(0o600)
  writeFileSync(path, '{"data":')
  expect(attempt(() => keysInFolder(folder))).toMatchObject({ code: 'vault-keys' })
})

test('keys in the settings are read, and a short, double or misspelt one is refused', () => {
  const text = key(1).toString('base64url')
  expect(keysFromText(`k2:${text},k1:${text}`, text).data.map(({ id }) => id)).toEqual(['k2', 'k1'])
  for (const [data, index] of [
    ['k1', text],
    [`k1:${text}`, '***'],
    [`K 1:${text}`, text],
    [`k1:${text.slice(0, 20)}`, text],
    [`k1:${text},k1:${text}`, text],
  ] as const)
    expect(attempt(() => openVault(keysFromText(data, index)))).toMatchObject({
      code: 'vault-keys',
    })
})
