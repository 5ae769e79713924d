import { openVault } from '../../src/lib/vault.ts'

/** The vault of the tests: fixed keys, of no use elsewhere. */
export const vault = openVault({
  data: [{ id: 't1', key: Buffer.alloc(32, 7) }],
  index: Buffer.alloc(32, 9),
})
