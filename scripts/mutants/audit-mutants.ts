import { inFile, type Mutant } from './mutant.ts'

const sample = inFile('test/integration/audit-sample.test.ts')
const lists = inFile('test/integration/audit-lists.test.ts')

const DRAWN = 'src/documents/audit-sample-store.ts'
const FOUND = 'src/documents/audit-lists-store.ts'

const edit = (file: string, find: string, replace: string) => [{ file, find, replace }]

/** Mistakes about samples and exception lists: an auditor would look at other payments than the seed says, or miss what is odd. */
export const auditMutants: readonly Mutant[] = [
  {
    name: 'sample-unweighed: each payment counts once, whatever its amount',
    edits: edit(DRAWN, 'then m.amount else', 'then 1 else'),
    test: sample('is what the printed rule gives'),
  },
  {
    name: 'sample-unseeded: every seed draws the same',
    edits: edit('src/documents/audit-sample.ts', '`sample.v1|${seed}`', '`sample.v1|`'),
    test: sample('is the same from the same seed'),
  },
  {
    name: 'sample-unsealed: what came after the block changes the sample',
    edits: edit(DRAWN, 'and (e.xid, e.id) <= (b.last_xid, b.last_id)', ''),
    test: sample('stays as it was drawn'),
  },
  {
    name: 'sample-markless: marks of risk weigh nothing',
    edits: edit(DRAWN, 'cardinality(m.marks)', '0'),
    test: sample('weighs a payment by its marks'),
  },
  {
    name: 'exception-fast: every approval is too fast',
    edits: edit(FOUND, 't.seconds < ${FAST_SECONDS}::integer * t.row_count', 'true'),
    test: lists('finds approvals below two seconds'),
  },
  {
    name: 'exception-unopened: what somebody opened before says nothing of their time',
    edits: edit(FOUND, 'coalesce(o.at, b.at)', 'b.at'),
    test: lists('finds approvals below two seconds'),
  },
  {
    name: 'exception-own: two rows of one receiver share an account',
    edits: edit(FOUND, 'having count(distinct payee_id) >=', 'having count(*) >='),
    test: lists('finds a number into which two receive'),
  },
  {
    name: 'exception-institution: an institution receives for many',
    edits: edit(
      FOUND,
      "where payee_id <> person_id and relation <> 'institution'",
      'where payee_id <> person_id',
    ),
    test: lists('finds who receives for more than three'),
  },
  {
    name: 'exception-after: a change after the release counts as one before it',
    edits: edit(FOUND, 'c.changed_at <= c.released_at and', ''),
    test: lists('finds changes in the three days'),
  },
]
