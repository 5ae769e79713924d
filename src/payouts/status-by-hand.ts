import { createHash } from 'node:crypto'
import type { Act, PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import { readPain002 } from './channels/iso20022/pain002.ts'
import { decide, refusalAsValue, unreadable, usingFile } from './status-files.ts'
import type { GivenFile, Reader, TakenFile } from './status-files.ts'
import { findStatusFile } from './status-store.ts'

const BANK: Reader = { name: 'bank', readStatus: readPain002 }

/**
 * Takes a bank's file that came another way than its channel, as `takeStatusFile` does, in the transaction of whoever gives it, on
 * the word of a second person.
 */
export async function giveStatusFile(
  tx: Tx,
  by: Act,
  file: GivenFile & { readonly confirmedBy: PersonId },
): Promise<TakenFile> {
  return usingFile(BANK, file)(tx, by)
}

/** References of rejected rows that whoever confirms is shown at the most; the count tells of them all. */
const REJECTED_SHOWN = 50

/** What a status file by hand would say, for whoever confirms it. */
interface StatusPreview {
  readonly sha256: string
  readonly bytes: number
  /** The file of ours that it answers; null when that is not known. */
  readonly orderFileId: string | null
  /** Why nothing of it would be used; null when it would. */
  readonly fault: string | null
  /** Rows that it speaks of, by what it says of them. */
  readonly rows: {
    readonly accepted: number
    readonly settled: number
    readonly pending: number
    readonly rejected: number
  }
  /** Of all those rows, in đồng. */
  readonly total: bigint
  readonly rejected: readonly string[]
}

/** Reads a bank's file and what is known of its payments, as it would be used now; changes nothing. */
export async function previewStatusFile(tx: Tx, bytes: Uint8Array): Promise<StatusPreview> {
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const before = await findStatusFile(tx, 'bank', sha256)
  const read = refusalAsValue(() => BANK.readStatus(bytes))
  const decision = read instanceof DomainError ? unreadable(read) : await decide(tx, BANK, read)
  const fault = decision.kind === 'apply' ? null : decision.fault
  const rows = decision.kind === 'apply' ? decision.rows : []
  const of = (meaning: (typeof rows)[number]['meaning']) =>
    rows.filter((row) => row.meaning === meaning)
  const rejected = of('rejected').map(({ reference }) => reference)
  return {
    ...{ sha256, bytes: bytes.length },
    orderFileId: decision.kind === 'apply' ? decision.report.fileId : decision.orderFileId,
    fault: before === undefined ? fault : `Tệp này đã nhận lúc ${before.at}`,
    rows: {
      ...{ accepted: of('accepted').length, settled: of('settled').length },
      ...{ pending: of('pending').length, rejected: rejected.length },
    },
    total: decision.kind === 'apply' ? decision.total : 0n,
    rejected: rejected.slice(0, REJECTED_SHOWN),
  }
}
