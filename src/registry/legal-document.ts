import type { LocalDate } from '../lib/time.ts'

/** The paper that an act rests on, with the hash of its scan. */
export interface LegalDocument {
  /** As people call it: "giấy ủy quyền", "quyết định cử người giám hộ". */
  readonly kind: string
  readonly number: string
  readonly date: LocalDate
  readonly issuer: string
  /** SHA-256 of the file, 64 hex digits. */
  readonly sha256: string
}
