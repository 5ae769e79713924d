import { inFile, type Mutant } from './mutant.ts'

const MIGRATION = 'prisma/migrations/0007_people/migration.sql'
const SEALING = 'src/registry/person-sealing.ts'
const NAMES = 'src/registry/people-search-names.ts'

const people = inFile('test/integration/people.test.ts')
const moves = inFile('test/integration/people-moves.test.ts')
const search = inFile('test/integration/people-search.test.ts')
const merges = inFile('test/integration/people-merge.test.ts')
const communes = inFile('test/integration/communes.test.ts')
const canary = inFile('test/integration/canary-people.test.ts')

const one = (name: string, file: string, find: string, replace: string, test: Mutant['test']) => ({
  ...{ name, test },
  edits: [{ file, find, replace }],
})

/** Mistakes about people and places: a number that leaks, a person not found, a merge on one word, money counted twice. */
export const peopleMutants: readonly Mutant[] = [
  one(
    'people-in-clear: an identity number is stored as it is',
    SEALING,
    'sealed: vault.seal(identifierPlace(id), of.number)',
    'sealed: of.number',
    canary('no number is in a file of the database'),
  ),
  one(
    'people-number-in-error: a refusal repeats the number',
    'src/registry/id-number.ts',
    "throw badId('có số thứ 4 không khớp giới tính: xem lại số hoặc giới tính')",
    'throw badId(`${number} không khớp giới tính`)',
    canary('no number comes out in clear'),
  ),
  one(
    'people-any-place: a sealed number opens in any row',
    SEALING,
    "...{ table: 'person_identifier', column: 'sealed', row }",
    "...{ table: 'person_identifier', column: 'sealed', row: row.slice(0, 0) }",
    people('keeps a value in its row'),
  ),
  one(
    'people-one-number: two people may have one current number',
    MIGRATION,
    'create unique index person_identifier_one_person on person_identifier',
    'create index person_identifier_one_person on person_identifier',
    people('cannot give a current number to two'),
  ),
  one(
    'people-two-homes: residences may overlap',
    MIGRATION,
    'exclude using gist (person_id with =, period with &&)',
    'check (true)',
    moves('never leaves two homes at a time'),
  ),
  one(
    'people-numbers-stay: the former commune still sees the numbers',
    MIGRATION,
    "p.id = %1$I.person_id and p.commune_id = any ((select scope_communes())::integer[])))',",
    "p.id = %1$I.person_id))',",
    moves('leaves the old commune the name for its lists'),
  ),
  one(
    'people-search-scope: the word index forgets the scope',
    MIGRATION,
    'and (scope_is_province() or p.commune_id = any (scope_communes()))',
    'and true',
    search('has no way into the word index but its scope'),
  ),
  one(
    'people-budget: what was read is taken for all there is',
    NAMES,
    'if (near.length === limit) return near',
    'if (near.length > 0) return near',
    search('finds them all when it may read a few at a time'),
  ),
  one(
    'people-one-merger: who proposes a merge decides it',
    MIGRATION,
    'constraint person_merge_two_people check (decided_by <> proposed_by)',
    'constraint person_merge_two_people check (true)',
    merges('cannot merge without a decision of two people'),
  ),
  one(
    'people-merge-open: a row with an open enrolment is merged away',
    'src/registry/people-merge.ts',
    'if (ties.length === 0) return',
    'if (ties.length >= 0) return',
    merges('is refused while a row is entitled'),
  ),
  one(
    'people-map-once: a figure stays also on the map that it has left',
    MIGRATION,
    'where not exists (select 1 from commune_succession s where s.old_commune_id = p.at and s.effective_on <= day)',
    'where true',
    communes('count each commune once'),
  ),
]
