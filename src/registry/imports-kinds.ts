import { accountsImport } from './imports-accounts.ts'
import { deathsImport } from './imports-deaths.ts'
import { enrolmentsImport } from './imports-enrolments.ts'
import type { Kind, KindName } from './imports-kind.ts'
import { peopleImport } from './imports-people.ts'

/** Every kind of file that is taken. A new one is its file and a line here. */
export const KINDS: Readonly<Record<KindName, Kind>> = {
  people: peopleImport,
  enrolments: enrolmentsImport,
  accounts: accountsImport,
  deaths: deathsImport,
}
