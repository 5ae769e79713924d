import { DomainError } from '../lib/errors.ts'
import type { Vault } from '../lib/vault.ts'

/**
 * What app_user keeps of an identity number (12 digits): its blind index, in hex. A user who is also paid has another
 * index in the register, so that the tables do not tell. Throws DomainError `id-number-form`.
 */
export function userIdIndex(vault: Vault, idNumber: string): string {
  if (!/^\d{12}$/.test(idNumber)) {
    throw new DomainError('invalid', 'id-number-form', 'Số định danh phải có 12 chữ số')
  }
  return vault.index('user.id-number', idNumber).toString('hex')
}
