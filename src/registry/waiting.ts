import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import * as store from './waiting-store.ts'
import type { Asked } from './waiting-store.ts'

/** What of a kind is there: one by its id, and a page of those in a state. */
interface Reads<Row> {
  /** Throws DomainError (its code ends with `-missing`) when it is not there, or not for who asks. */
  readonly get: (tx: Tx, id: string) => Promise<Row>
  /** Those after an id, in a state or in any; at most `limit`. */
  readonly page: (tx: Tx, page: Exclude<Asked, { id: string }>) => Promise<readonly Row[]>
}

const readsOf = <Row>(
  read: (tx: Tx, asked: Asked) => Promise<readonly Row[]>,
  missing: { readonly code: string; readonly message: string },
): Reads<Row> => ({
  get: async (tx, id) => only(await read(tx, { id }), missing),
  page: (tx, page) => read(tx, page),
})

function only<Row>(
  [row]: readonly Row[],
  { code, message }: { readonly code: string; readonly message: string },
): Row {
  if (row !== undefined) return row
  throw new DomainError('not-found', code, message)
}

const NO_PAPER = {
  code: 'representation-missing',
  message: 'Không có giấy tờ nhận thay này',
}

/** What two people decide about, as whoever decides reads it before. */
export const waiting = {
  suspensions: readsOf(store.suspensions, {
    ...{ code: 'suspension-missing', message: 'Không có đề nghị tạm dừng này' },
  }),
  funerals: readsOf(store.funerals, {
    ...{ code: 'funeral-missing', message: 'Không có hồ sơ mai táng này' },
  }),
  merges: readsOf(store.merges, {
    ...{ code: 'merge-unknown', message: 'Không tìm thấy đề nghị gộp' },
  }),
  accountChanges: readsOf(store.changes, {
    ...{ code: 'change-missing', message: 'Không có đề nghị đổi tài khoản này' },
  }),
  representations: {
    /** Throws DomainError `representation-missing`. */
    get: async (tx: Tx, id: string) => only(await store.representations(tx, { id }), NO_PAPER),
    /** Those of a person: for whom somebody receives, or who receives for others. */
    of: (tx: Tx, personId: PersonId) => store.representations(tx, { personId }),
  },
}
