import { inFile, type Mutant } from './mutant.ts'

const STORE = 'src/payouts/unpaid-store.ts'
const unpaid = inFile('test/integration/payouts-unpaid.test.ts')

/** Mistakes about who did not receive: somebody would lose a benefit that he came for, or that we kept from him. */
export const unpaidMutants: readonly Mutant[] = [
  {
    name: 'unpaid-any: one unpaid month is enough',
    edits: [
      {
        file: STORE,
        find: 'group by person_id having count(*) = ${of.months})',
        replace: 'group by person_id having count(*) > 0 and ${of.months} > 0)',
      },
    ],
    test: unpaid('but the middle one was paid'),
  },
  {
    name: 'unpaid-unknown: what is not known counts as not received',
    edits: [
      {
        file: STORE,
        find: "bool_and(i.state = 'RETURNED' or",
        replace: "bool_and(i.state in ('RETURNED', 'UNKNOWN') or",
      },
    ],
    test: unpaid('but of one it is not known'),
  },
  {
    name: 'unpaid-reissued: a corrected payment that is under way does not count',
    edits: [
      { file: STORE, find: 'coalesce((select bool_and(', replace: 'coalesce((select bool_or(' },
    ],
    test: unpaid('when a corrected payment is under way'),
  },
  {
    name: 'unpaid-bank: what failed at the bank counts against the person',
    edits: [
      { file: 'src/payouts/unpaid.ts', find: "'AB05', 'AM04', 'AM05'", replace: "'AM04', 'AM05'" },
    ],
    test: unpaid('but one failed at the bank'),
  },
  {
    name: 'unpaid-cash-open: cash that nobody reported yet counts as not received',
    edits: [
      {
        file: STORE,
        find: "when 'cash' then exists (select 1 from cash_result r where r.entitlement_number = e.number and not r.paid)",
        replace:
          "when 'cash' then not exists (select 1 from cash_result r where r.entitlement_number = e.number and r.paid)",
      },
    ],
    test: unpaid('but the cash is not reported yet'),
  },
]
