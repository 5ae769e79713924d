import { ledger } from '../ledger/ledger.ts'
import type { OutsideHead } from '../ledger/verify.ts'
import { DomainError } from '../lib/errors.ts'
import type { PaperRegister, RegisteredPaper } from './paper-register.ts'
import { judged } from './verifying.ts'
import type { Shown, Verdict } from './verifying.ts'

/**
 * Says of what is shown what `verify` says, by a signed register alone: without a database, and without its rows. The paper's head
 * must lead to the register's, and the register's heads be those that were kept outside. Throws DomainError: outside-head
 * (the chain is broken), history-rewritten (a kept head is not in it).
 */
export function verifyOffline(
  shown: Shown,
  register: PaperRegister,
  anchors: readonly OutsideHead[],
): Verdict {
  const heads = ledger.headsInChain(register)
  for (const { block, head } of anchors) {
    const found = heads.get(block)
    if (found === undefined || found === head) continue
    const message = `Khối ${String(block)}: chuỗi trong tệp khác mã đã giữ ở ngoài, LỊCH SỬ BỊ VIẾT LẠI`
    throw new DomainError('conflict', 'history-rewritten', message)
  }
  const { block, sealedAt } = register.head
  const until = { block, sealedAt }
  const named = paperIn(shown, register)
  if (named === undefined) {
    return { verdict: 'unknown', document: null, headStands: null, rows: null, until }
  }
  const { title, number, issuedOn, headBlock, head, replacedBy, signed } = named
  return {
    verdict: judged(shown, named),
    document: {
      ...{ title, number, issuedOn, head, replacedBy, signed },
      headBlock: headBlock === null ? null : BigInt(headBlock),
    },
    headStands: headBlock === null ? null : heads.get(headBlock) === head,
    ...{ rows: 'unread', until },
  }
}

function paperIn(shown: Shown, { papers }: PaperRegister): RegisteredPaper | undefined {
  const exact =
    'fileHash' in shown ? papers.find(({ fileHash }) => fileHash === shown.fileHash) : undefined
  return exact ?? papers.find(({ code }) => code === shown.code)
}
