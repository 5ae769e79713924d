import { z } from 'zod'
import { ledger } from '../../ledger/ledger.ts'
import { route } from '../route.ts'
import { sha256, time } from '../wire.ts'

const common = { format: z.string(), block: z.int(), head: sha256 }
const signature = z.object({ key: sha256, signature: z.string() }).nullable()

/** The newest heads, of journal and audit trail, to be kept where nobody of ours writes. */
export const getLastHeads = route({
  operation: 'getLastHeads',
  method: 'GET',
  path: '/ledger/heads/last',
  permission: 'ledger.read',
  tag: 'Sổ sách · Books',
  summary: {
    vi: 'Mã đầu chuỗi mới nhất của sổ và nhật ký, có chữ ký nếu có khóa',
    en: 'The newest sealed heads of journal and audit trail, signed where there is a key',
  },
  answer: z.object({
    journal: z
      .object({ ...common, totalEntries: z.int(), sealedAt: time })
      .extend({ signed: signature })
      .nullable(),
    audit: z
      .object({ ...common, totalEvents: z.int() })
      .extend({ signed: signature })
      .nullable(),
  }),
  examples: {},
  snapshot: true,
  handle: async ({ tx, signHead }) => {
    const signed = <Head extends Parameters<NonNullable<typeof signHead>>[0]>(
      head: Head | null,
    ) => {
      if (head === null) return null
      const mark = signHead?.(head)
      const { key, signature: by } = mark ?? {}
      return {
        ...head,
        signed: key === undefined || by === undefined ? null : { key, signature: by },
      }
    }
    const { journal, audit } = await ledger.lastHeads(tx)
    return { journal: signed(journal), audit: signed(audit) }
  },
})
