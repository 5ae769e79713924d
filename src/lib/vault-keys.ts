import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { z } from 'zod'
import { DomainError } from './errors.ts'
import { fileOnce } from './file-once.ts'
import type { VaultKeys } from './vault.ts'

const keyText = z.base64url().transform((text) => Buffer.from(text, 'base64url'))
const keyId = z.string().regex(/^[a-z0-9]{1,16}$/)
const keyFile = z.strictObject({
  data: z.array(z.strictObject({ id: keyId, key: keyText })).min(1),
  index: keyText,
})

/**
 * The keys of the embedded default: `vault-keys.json` in `folder`, readable by its owner only, made with fresh keys
 * when it is missing. Processes that start at once agree on one file. Throws DomainError `vault-keys` when it is damaged.
 */
export function keysInFolder(folder: string): VaultKeys {
  const path = join(folder, 'vault-keys.json')
  return checked(parsed(fileOnce(path, freshKeys)), path)
}

/**
 * The keys that the settings name: `data` as "id:base64url,id:base64url" (the first seals), `index` as base64url.
 * Throws DomainError `vault-keys` when they are not of that form.
 */
export function keysFromText(data: string, index: string): VaultKeys {
  const pairs = data.split(',').map((pair) => {
    const [id = '', key = ''] = pair.split(':')
    return { id, key }
  })
  return checked({ data: pairs, index }, 'VAULT_DATA_KEYS, VAULT_INDEX_KEY')
}

/** The settings that say these keys, for a process that is started with them (the reverse of `keysFromText`). */
export function keysAsText({ data, index }: VaultKeys): {
  readonly VAULT_DATA_KEYS: string
  readonly VAULT_INDEX_KEY: string
} {
  return {
    VAULT_DATA_KEYS: data.map(({ id, key }) => `${id}:${key.toString('base64url')}`).join(','),
    VAULT_INDEX_KEY: index.toString('base64url'),
  }
}

const freshKeys = (): string => {
  const fresh = () => randomBytes(32).toString('base64url')
  return JSON.stringify({ data: [{ id: 'k1', key: fresh() }], index: fresh() })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function checked(value: unknown, where: string): VaultKeys {
  const keys = keyFile.safeParse(value)
  if (keys.success) return keys.data
  throw new DomainError('invalid', 'vault-keys', `Khóa dữ liệu sai dạng: ${where}`)
}
