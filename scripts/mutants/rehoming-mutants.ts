import { inFile, type Mutant } from './mutant.ts'

const MIGRATION = 'prisma/migrations/0013_rehoming/migration.sql'

const all = inFile('test/integration/communes-rehoming.test.ts')
const open = inFile('test/integration/communes-rehoming-open.test.ts')

/** Mistakes when the map of communes changes: somebody is left behind, counted twice, or owed again. */
export const rehomingMutants: readonly Mutant[] = [
  {
    name: 'rehome-left-behind: enrolments without an end stay at the old commune',
    edits: [
      {
        file: MIGRATION,
        find: 'e.commune_id = ended and not e.void and (e.valid_to is null or e.valid_to >= day)',
        replace: 'e.commune_id = ended and not e.void and e.valid_to >= day',
      },
    ],
    test: all('141 communes become 133'),
  },
  {
    name: 'rehome-one-residence: the residences of some stay behind',
    edits: [
      {
        file: MIGRATION,
        find: 'and upper_inf(r.period) and (lower_inf(r.period) or lower(r.period) < day)',
        replace:
          "and upper_inf(r.period) and (lower_inf(r.period) or lower(r.period) < day) and r.person_id::text not like '%1'",
      },
    ],
    test: all('everybody goes over once'),
  },
  {
    name: 'rehome-gap: the new residence begins a day late',
    edits: [
      {
        file: MIGRATION,
        find: 'select person_id, successor, daterange(day, null)',
        replace: 'select person_id, successor, daterange(day + 1, null)',
      },
    ],
    test: all('everybody goes over once'),
  },
  {
    name: 'rehome-history-too: where an enrolment stood before is forgotten',
    edits: [
      {
        file: MIGRATION,
        find: 'select id, day - 1, ended from enrolments where valid_from < day',
        replace: 'select id, day - 1, ended from enrolments where valid_from > day',
      },
    ],
    test: all('still finds whoever lived there'),
  },
  {
    name: 'rehome-twice: a second run writes the pairs down again',
    edits: [
      {
        file: MIGRATION,
        find: 'where c.people + c.enrolments + c.others > 0',
        replace: 'where c.people + c.enrolments + c.others >= 0',
      },
    ],
    test: all('a second run moves nobody'),
  },
  {
    name: 'rehome-everywhere: a list of an old month has everybody of the commune of today',
    edits: [
      {
        file: 'src/registry/due-store.ts',
        find: 'when ${month}::date < (select max(effective_on) from commune_succession) then',
        replace: 'when ${month}::date < (select min(valid_from) from commune) then',
      },
    ],
    test: all('still finds whoever lived there'),
  },
  {
    name: 'rehome-two-maps: a list is drawn up before its residents are brought over',
    edits: [
      {
        file: 'src/payouts/drawing-up.ts',
        find: 'await registry.communes.requireRehomed(tx, of)',
        replace: '',
      },
    ],
    test: all('a list over two maps is refused'),
  },
  {
    name: 'rehome-alone: one person brings residents over',
    edits: [
      {
        file: MIGRATION,
        find: 'constraint commune_rehoming_two_people check (entered_by <> confirmed_by)',
        replace: 'constraint commune_rehoming_two_people check (true)',
      },
    ],
    test: all('sees the province, and is two people'),
  },
  {
    name: 'rehome-closed-too: a suspension that is over goes along',
    edits: [
      {
        file: MIGRATION,
        find: "t.state in ('PROPOSED', 'DECIDED') returning",
        replace: "t.state in ('PROPOSED', 'DECIDED', 'RESUMED') returning",
      },
    ],
    test: open('suspensions'),
  },
  {
    name: 'rehome-blind: the new commune does not see what happened in the old ones',
    edits: [
      {
        file: MIGRATION,
        find: 'union select s.old_commune_id from place join commune_succession s on s.new_commune_id = place.id)',
        replace: ')',
      },
    ],
    test: open('sees what happened'),
  },
]
