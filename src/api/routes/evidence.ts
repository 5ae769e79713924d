import { z } from 'zod'
import { documents } from '../../documents/documents.ts'
import type { FileOut } from '../file.ts'
import { route } from '../route.ts'

const takeEvidence = route({
  operation: 'takeEvidence',
  method: 'POST',
  path: '/evidence/{reference}',
  permission: 'evidence.take',
  ...{ asksOnly: true, givesFile: true, snapshot: true },
  tag: 'Văn bản · Documents',
  summary: {
    vi: 'Gói bằng chứng của một khoản chi (ZIP): tự kiểm tra được, không cần hệ thống; có ghi nhật ký',
    en: 'The evidence pack of one payment (ZIP), to be checked without us; leaves a trace',
  },
  params: z.strictObject({ reference: z.string().regex(/^[0-9A-Z]{16}$/) }),
  answer: z.unknown(),
  examples: {},
  handle: async ({ tx, by, signHead, params: { reference } }): Promise<FileOut> => ({
    name: `bang-chung-${reference}.zip`,
    bytes: await documents.evidence.take(tx, by, { reference, signHead }),
  }),
})

/** What proves a payment. */
export const evidenceRoutes = [takeEvidence]
