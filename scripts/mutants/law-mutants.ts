import { inFile, type Mutant } from './mutant.ts'

const RULES = 'src/registry/rules.ts'
const AGES = 'src/registry/rules-ages.ts'
const ARREARS = 'src/registry/rules-arrears.ts'
const REGISTRY = 'prisma/migrations/0004_registry/migration.sql'
const LAW = 'prisma/migrations/0009_law/migration.sql'

const table = inFile('test/unit/decree-table.test.ts')
const exceptions = inFile('test/unit/decree-exceptions.test.ts')
const arrears = inFile('test/unit/law-arrears.test.ts')
const due = inFile('test/integration/law-due.test.ts')
const deaths = inFile('test/integration/law-deaths.test.ts')
const funerals = inFile('test/integration/law-funerals.test.ts')

/** Mistakes about the law: each would pay somebody too much, too little, twice or not at all. */
export const lawMutants: readonly Mutant[] = [
  {
    name: 'law-sum-of-heads: all heads are paid instead of the highest',
    edits: [
      {
        file: RULES,
        find: "const benefits = bestOf(candidates.filter(is('monthly')))",
        replace: "const benefits = [...bestOf([]), ...candidates.filter(is('monthly'))]",
      },
    ],
    test: exceptions('only the highest of several heads is paid'),
  },
  {
    name: 'law-no-exception: a poor single parent gets the higher one only',
    edits: [
      {
        file: RULES,
        find: 'if (parent === undefined || beside === undefined) return [highest]',
        replace: 'if (parent !== undefined || beside === undefined) return [highest]',
      },
    ],
    test: exceptions('a poor single parent who is 5.6 gets both'),
  },
  {
    name: 'law-institution-too: Article 6 is paid beside the institution',
    edits: [
      {
        file: RULES,
        find: '...(institution.length > 0 ? institution : [...benefits, ...care]),',
        replace: '...institution, ...benefits, ...care,',
      },
    ],
    test: exceptions('in an institution nothing of Article 6 is paid'),
  },
  {
    name: 'law-dead-at-once: the month of death is not owed',
    edits: [
      {
        file: RULES,
        find: 'person.diedOn !== null && month > monthOf(person.diedOn)',
        replace: 'person.diedOn !== null && month >= monthOf(person.diedOn)',
      },
    ],
    test: exceptions('the month of death is owed'),
  },
  {
    name: 'law-birthday-late: an age counts from the month after the birthday',
    edits: [
      {
        file: AGES,
        find: 'birthDate.slice(5, 7) <= month.slice(5, 7) ? years : years - 1',
        replace: 'birthDate.slice(5, 7) < month.slice(5, 7) ? years : years - 1',
      },
    ],
    test: table('TE_KNN, born 2019-08-31'),
  },
  {
    name: 'law-dropped-at-once: who ceases to qualify is not paid for that month',
    edits: [
      {
        file: 'src/registry/rules-category.ts',
        find: 'if (now !== undefined || !isBirthdayMonth(person.birthDate, month)) return now',
        replace: 'if (now !== undefined || isBirthdayMonth(person.birthDate, month)) return now',
      },
    ],
    test: table('TE_U3_DTTS, born 2020-08-31'),
  },
  {
    name: 'law-city-lower: a lower level of the city takes the place of the national one',
    edits: [
      {
        file: 'src/registry/rules-law.ts',
        find: 'amount > highest ? amount : highest',
        replace: 'amount < highest || highest === 0n ? amount : highest',
      },
    ],
    test: table('a level of the city counts where it is higher'),
  },
  {
    name: 'law-pension-beside: the social pension is paid beside the enrolment that it took over',
    edits: [
      {
        file: RULES,
        find: 'if (parent === undefined || beside === undefined) return [highest]',
        replace:
          'if (parent === undefined || beside === undefined) return monthly.filter((one, at) => at === 0 || one.category.head === PENSION)',
      },
    ],
    test: exceptions('is not paid beside the enrolment that it took over'),
  },
  {
    name: 'law-arrears-today: arrears come at the level of the list',
    edits: [
      {
        file: 'src/registry/due-owed.ts',
        find: 'missingOf(entitlement(person, rows, period, law), before.get(period) ?? [], month)',
        replace:
          'missingOf(entitlement(person, rows, month, law).map((line) => ({ ...line, period })), before.get(period) ?? [], month)',
      },
    ],
    test: due('makes arrears of each month since the certificate'),
  },
  {
    name: 'law-old-months-again: months that lists carried more than a year ago are owed again',
    edits: [
      {
        file: 'src/registry/due.ts',
        find: 'owedNow(one, recent.get(personId) ?? [], of.month, law)',
        replace: 'owedTo(one, recent.get(personId) ?? [], of.month, law)',
      },
    ],
    test: due('more than a year after its start'),
  },
  {
    name: 'law-arrears-again: what a list carries is owed again',
    edits: [
      {
        file: ARREARS,
        find: 'const missing = sum(lines) - sum(before)',
        replace: 'const missing = sum(lines)',
      },
      {
        file: ARREARS,
        find: 'if (law.every((line) => carried.some((row) => isOf(line, row)))) return []',
        replace: '',
      },
    ],
    test: due('makes arrears of each month since the certificate'),
  },
  {
    name: 'law-too-much-whole: the whole line is too much where only a part is',
    edits: [
      {
        file: ARREARS,
        find: 'const part = left < amount ? left : amount',
        replace: 'const part = left <= 0n ? left : amount',
      },
    ],
    test: arrears('is never negative'),
  },
  {
    name: 'law-overlap: a person may have a head twice at one time',
    edits: [
      {
        file: REGISTRY,
        find: `daterange(valid_from, valid_to, '[]') with &&) where (not void)`,
        replace: `daterange(valid_from, valid_to, '[]') with &&) where (void)`,
      },
    ],
    test: due('does not enrol a person in a head twice'),
  },
  {
    name: 'law-death-alone: one person reports and confirms a death',
    edits: [
      {
        file: LAW,
        find: 'constraint death_two_people check (decided_by <> proposed_by)',
        replace: 'constraint death_two_people check (true)',
      },
    ],
    test: deaths('takes two people'),
  },
  {
    name: 'law-feed-by-number: a name that differs is proposed all the same',
    edits: [
      {
        file: 'src/registry/death-feed-intake.ts',
        find: `foldText(row.fullName) === foldText(person.fullName) ? null : 'name-differs'`,
        replace: `foldText(row.fullName) !== '' ? null : 'name-differs'`,
      },
    ],
    test: deaths('proposes whom number and name name'),
  },
  {
    name: 'law-overpaid-unsent: what was never paid becomes a receivable',
    edits: [
      {
        file: 'src/payouts/overpaid.ts',
        find: 'row.paid && row.excess > row.booked',
        replace: 'row.excess > row.booked',
      },
    ],
    test: funerals('becomes a receivable once'),
  },
]
