import { walksOfPayments } from './walks-of-payments.ts'
import { walksOfTheBooks } from './walks-of-the-books.ts'

/**
 * Every walk: posted to the model in test/unit/templates.test.ts, to the ledger in
 * ledger-walks.test.ts.
 */
export const walks = [...walksOfPayments, ...walksOfTheBooks]
