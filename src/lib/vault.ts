import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'
import { DomainError } from './errors.ts'

/** Where a sealed value stands. It opens only there: a value moved to another row or column is refused. */
export interface Place {
  readonly table: string
  readonly column: string
  /** The id of the row. */
  readonly row: string
}

/** The keys of a vault, kept outside the database: 32 bytes each. */
export interface VaultKeys {
  /** By id; the first seals, all of them open. */
  readonly data: readonly { readonly id: string; readonly key: Buffer }[]
  readonly index: Buffer
}

/** Seals personal numbers, and finds them again without opening them (docs/adr/0009). */
export interface Vault {
  /** AES-256-GCM bound to its place. Returns `<key id>.<base64url of nonce, ciphertext, tag>`. */
  seal(place: Place, clear: string): string
  /** Throws DomainError `sealed-value` when the key is unknown, or the value was altered or moved. */
  open(place: Place, sealed: string): string
  /** The keyed blind index of a value in a field: 32 bytes, another key for each field. The value comes normalised. */
  index(field: string, clear: string): Buffer
  /** Whether a value has this index, in constant time. */
  hasIndex(field: string, clear: string, index: Uint8Array): boolean
}

const NONCE_BYTES = 12
const TAG_BYTES = 16
const KEY_BYTES = 32

/** Opens a vault. Throws DomainError `vault-keys` when a key is missing or not 32 bytes, or an id is used twice. */
export function openVault(keys: VaultKeys): Vault {
  const [current] = keys.data
  const byId = new Map(keys.data.map(({ id, key }) => [id, key]))
  const all = [keys.index, ...byId.values()]
  if (!current || byId.size !== keys.data.length || all.some((key) => key.length !== KEY_BYTES)) {
    throw new DomainError('invalid', 'vault-keys', 'Khóa dữ liệu phải dài 32 byte, mỗi mã một khóa')
  }
  const fieldKeys = new Map<string, Buffer>()
  const fieldKey = (field: string): Buffer => {
    const known = fieldKeys.get(field)
    if (known !== undefined) return known
    const made = Buffer.from(hkdfSync('sha256', keys.index, '', `index:${field}`, KEY_BYTES))
    fieldKeys.set(field, made)
    return made
  }
  const index = (field: string, clear: string) =>
    createHmac('sha256', fieldKey(field)).update(clear).digest()
  return {
    seal: (place, clear) => `${current.id}.${encrypt(current.key, place, clear)}`,
    open: (place, sealed) => {
      const dot = sealed.indexOf('.')
      const key = byId.get(sealed.slice(0, dot))
      if (key === undefined) throw unopened(place)
      return decrypt(key, place, Buffer.from(sealed.slice(dot + 1), 'base64url'))
    },
    index,
    hasIndex: (field, clear, other) => {
      const mine = index(field, clear)
      return mine.length === other.length && timingSafeEqual(mine, other)
    },
  }
}

const boundTo = ({ table, column, row }: Place): Buffer =>
  Buffer.from(JSON.stringify([table, column, row]))

function encrypt(key: Buffer, place: Place, clear: string): string {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(boundTo(place))
  const body = Buffer.concat([cipher.update(clear, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64url')
}

function decrypt(key: Buffer, place: Place, bytes: Buffer): string {
  if (bytes.length < NONCE_BYTES + TAG_BYTES) throw unopened(place)
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES))
    .setAAD(boundTo(place))
    .setAuthTag(bytes.subarray(-TAG_BYTES))
  try {
    const body = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES))
    return Buffer.concat([body, decipher.final()]).toString('utf8')
  } catch {
    throw unopened(place)
  }
}

/** Says where, never what. */
function unopened({ table, column, row }: Place): DomainError {
  return new DomainError(
    'conflict',
    'sealed-value',
    `Không mở được giá trị mã hóa ${table}.${column} của ${row}`,
  )
}
