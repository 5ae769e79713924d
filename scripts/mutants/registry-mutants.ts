import { inFile, type Mutant } from './mutant.ts'

const ONE_PERSON = 'prisma/migrations/0036_one_person/migration.sql'

const merged = inFile('test/integration/law-merged.test.ts')
const changes = inFile('test/integration/account-changes.test.ts')
const accounts = inFile('test/integration/imports-accounts.test.ts')
const people = inFile('test/integration/imports-people.test.ts')
const doors = inFile('test/integration/account-doors.test.ts')
const waiting = inFile('test/api/own-commune.test.ts')
const unpaid = inFile('test/integration/exports-unpaid.test.ts')
const moves = inFile('test/api/moves.test.ts')

const one = (name: string, file: string, find: string, replace: string, test: Mutant['test']) => ({
  ...{ name, test },
  edits: [{ file, find, replace }],
})

/** Mistakes about who is who and who may enter what: a person paid twice, another's account taken, a move without both. */
export const registryMutants: readonly Mutant[] = [
  one(
    'merged-apart: what a list carried for a merged row is owed again to the person',
    'src/registry/due-merged.ts',
    'else standsFor.set(id, person)',
    'else standsFor.delete(id)',
    merged('is not owed to the row that stays'),
  ),
  one(
    'merged-once: a row that was merged twice is forgotten',
    ONE_PERSON,
    'select m.id, f.root from found f join person m on m.merged_into = f.id)',
    'select m.id, f.root from found f join person m on m.merged_into = f.id and false)',
    merged('is not owed either when that row is merged in its turn'),
  ),
  one(
    'merged-unseen: what another commune carried for a merged row is paid again',
    ONE_PERSON,
    'language sql stable security definer rows 10 set search_path from current as $$ select r.id, r.stands_for, e.programme',
    'language sql stable rows 10 set search_path from current as $$ select r.id, r.stands_for, e.programme',
    merged('an officer who does not see the commune'),
  ),
  one(
    'merged-wrong-line: what was carried twice is too much of the row that stays',
    'src/registry/not-owed.ts',
    'personId: mergedRow ?? person.personId',
    'personId: mergedRow === null ? person.personId : person.personId',
    merged('what was carried for both is too much once'),
  ),
  one(
    'merged-alive: a death by the number of a merged row is nobody’s',
    'src/registry/deaths-store.ts',
    'and (i.is_current or o.merged_into is not null)',
    'and i.is_current',
    merged('a death that names the number'),
  ),
  one(
    'holder-any: another’s name is taken for an account',
    'src/registry/holder-match.ts',
    "if (match.verdict !== 'block') return match",
    'return match',
    changes("of another's name is refused"),
  ),
  one(
    'import-holder-any: a file enters an account in another’s name',
    'src/registry/imports-accounts.ts',
    "if (verdict === 'block')",
    'if (score < 0)',
    accounts('an account is entered sealed'),
  ),
  one(
    'import-year-day: a year alone is kept for a day',
    'src/registry/imports-cells.ts',
    'yearOnly: true }',
    'yearOnly: false }',
    people('takes a year for whoever knows no more'),
  ),
  one(
    'import-two-of-three: the first approver of a relative’s file is not written down',
    'src/registry/imports-apply.ts',
    'wordOf(by.actor, confirmedBy)',
    "{ enteredBy: by.actor, confirmedBy: typeof confirmedBy === 'string' ? confirmedBy : confirmedBy[0] }",
    doors("an imported account of the importer's relative"),
  ),
  one(
    'waiting-forbidden: who may not confirm a file of accounts is told that it waits',
    'src/api/proposals-store.ts',
    'and (besides is null or besides = any (${[...query.besides]}::text[]))',
    'and (besides is null or cardinality(${[...query.besides]}::text[]) >= 0)',
    waiting('a file of accounts takes who may enter accounts'),
  ),
  one(
    'unpaid-before-fetched: what somebody fetched since is still said to be unpaid',
    'src/payouts/list-export-store.ts',
    'and not exists (select 1 from cash_result c where c.entitlement_number = b.number and c.paid)',
    'and true',
    unpaid('a list says what earlier months left unpaid'),
  ),
  one(
    'move-one-sided: a commune writes an enrolment of another',
    'src/registry/enrolment-moves.ts',
    "if (scope === 'province' || scope.communes.includes(communeId)) return",
    "if (scope === 'province' || communeId > 0) return",
    moves('the department confirms a move'),
  ),
]
