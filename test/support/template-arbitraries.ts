import fc from 'fast-check'
import type { AccountCode, SubjectKind } from '../../src/ledger/chart.ts'
import type { TemplateName, TemplateVars } from '../../src/ledger/templates.ts'

/** The names and amounts that random entries are made of. */
export interface World {
  readonly id: (kind: SubjectKind) => fc.Arbitrary<string>
  readonly amount: fc.Arbitrary<bigint>
}

/** All names and amounts that are allowed at all. */
export const wholeWorld: World = {
  id: () => fc.stringMatching(/^[0-9A-Za-z][0-9A-Za-z./_-]{0,15}$/),
  amount: fc.bigInt(1n, 10n ** 15n),
}

/**
 * What may be filled into each template. A new template without a line here does not compile;
 * `satisfies` also holds each line to the variables of its template.
 */
export const templateArbitraries = (world: World) =>
  ({ ...ofPayments(world), ...ofTheBooks(world) }) satisfies {
    readonly [N in TemplateName]: fc.Arbitrary<TemplateVars<N>>
  }

function ofPayments(world: World) {
  const { amount, unit, programme, list, entitlement, instruction, person, cashList } = parts(world)
  const items = fc.array(fc.record({ entitlement, amount }), { minLength: 1, maxLength: 5 })
  const carried = fc.boolean()
  const ofUnit = fc.record({ unit, amount })
  const held = fc.record({ unit, list, amount })
  const inTransit = fc.record({ list, instruction, amount })
  return {
    'estimate-assigned': ofUnit,
    'direct-order-received': ofUnit,
    'advance-order-received': ofUnit,
    draw: ofUnit,
    'move-to-bank': ofUnit,
    'move-to-treasury': ofUnit,
    'unused-draw-returned': ofUnit,
    'sent-back': ofUnit,
    hold: held,
    release: held,
    accrual: fc.record({ unit, programme, items }),
    'un-accrual': fc.record({ unit, programme, entitlement, amount }),
    'unpaid-stopped': fc.record({ unit, programme, entitlement, amount }),
    submit: inTransit,
    paid: fc.record({ entitlement, instruction, carried, amount }),
    'not-executed': inTransit,
    returned: fc.record({ entitlement, list, carried, amount }),
    carried: fc.record({ unit, list, entitlement, amount }),
    'cash-handed-over': fc.record({ list, cashList, amount }),
    'cash-paid': fc.record({ cashList, items }),
    'cash-unpaid': fc.record({ unit, cashList, items }),
    'cash-carried-over': fc.record({ unit, list, items }),
    overpaid: fc.record({ unit, programme, person, amount }),
    recovered: fc.record({ unit, person, amount }),
    offset: fc.record({ entitlement, person, amount }),
    'wrong-person': fc.record({ entitlement, person, amount }),
    lapsed: fc.record({ unit, programme, entitlement, amount }),
  }
}

function ofTheBooks(world: World) {
  const { amount, unit, programme, contract, line, cashList, person } = parts(world)
  const lost = fc.oneof(fc.record({ cashList }), fc.record({ person }), fc.record({ line }))
  const expense = fc.constantFrom('611-BEN', '611-FEE', '611-BANK', '611-LOSS')
  const ofLine = fc.record({ unit, line, amount })
  return {
    'fee-accrued': fc.record({ unit, programme, contract, amount }),
    'fee-paid': fc.record({ unit, contract, amount }),
    'bank-fee': fc.record({ unit, programme, amount }),
    interest: fc.record({ unit, amount }),
    'suspense-credit': ofLine,
    'suspense-credit-explained': ofLine,
    'suspense-debit': ofLine,
    'suspense-debit-explained': ofLine,
    'write-off': fc.record({ programme, amount, from: lost }),
    'opening-asset': fc.record({ account: openingAsset(world), amount }),
    'opening-liability': fc.record({ account: openingLiability(world), amount }),
    'year-end-income': fc.record({ programme, amount }),
    'year-end-expense': fc.record({ programme, expense, amount }),
    'year-end-surplus': fc.record({ amount }),
    'year-end-deficit': fc.record({ amount }),
  }
}

const parts = ({ id, amount }: World) => ({
  amount,
  unit: id('unit'),
  programme: id('programme'),
  list: id('list'),
  entitlement: id('entitlement'),
  instruction: id('instruction'),
  person: id('person'),
  cashList: id('cash-list'),
  contract: id('contract'),
  line: id('line'),
})

const openingAsset = (world: World) =>
  fc.oneof(
    account(['1120', '1121-FREE'], 'unit', world),
    account(['1121-HELD'], 'list', world),
    account(['1130-TRANSIT'], 'instruction', world),
    account(['1388-SVC'], 'cash-list', world),
    account(['1388-RECOVER'], 'person', world),
    account(['1388-SUSPENSE'], 'line', world),
  )

const openingLiability = (world: World) =>
  fc.oneof(
    account(['3371', '3388-RETURN'], 'unit', world),
    account(['3388-BEN', '3388-UNPAID'], 'entitlement', world),
    account(['3388-FEE'], 'contract', world),
    account(['3388-SUSPENSE'], 'line', world),
    account(['4211'], 'book', world),
  )

const account = (codes: readonly AccountCode[], kind: SubjectKind, { id }: World) =>
  fc.record({
    code: fc.constantFrom(...codes),
    subject: id(kind).map((text) => `${kind}:${text}` as const),
  })
