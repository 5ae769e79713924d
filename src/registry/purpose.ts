import { DomainError } from '../lib/errors.ts'

/** Nobody sees numbers in clear without saying what for. Throws DomainError `purpose` when nothing is said. */
export function requirePurpose(purpose: string): void {
  if (purpose.trim() === '') {
    throw new DomainError('invalid', 'purpose', 'Ghi mục đích xem số đầy đủ')
  }
}
