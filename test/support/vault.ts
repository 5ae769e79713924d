import { keysAsText } from '../../src/lib/vault-keys.ts'
import { openVault } from '../../src/lib/vault.ts'

/** Fixed keys, of no use elsewhere. */
const keys = {
  data: [{ id: 't1', key: Buffer.alloc(32, 7) }],
  index: Buffer.alloc(32, 9),
}

/** The vault of the tests. */
export const vault = openVault(keys)

/** The same keys as the environment of a process that a test starts. */
export const vaultEnvironment = keysAsText(keys)
