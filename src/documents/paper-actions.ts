import type { DocumentKind } from './paper.ts'

/** What a paper takes besides the permission for papers: that to read what it is made of (prisma/access/role_actions.csv). */
export const PAPER_ACTIONS = {
  'payout-list': 'lists.read',
  'coverage-report': 'coverage.read',
  'settlement-report': 'coverage.read',
  'account-book': 'ledger.read',
  'journal-book': 'ledger.read',
  'trial-balance': 'ledger.read',
  verification: 'ledger.read',
  'audit-sample': 'audit.read',
  'audit-exceptions': 'audit.read',
  'reconciliation-day': 'statements.read',
  'reconciliation-batch': 'statements.read',
  'person-statement': 'people.read',
} as const satisfies Readonly<Record<DocumentKind, string>>
