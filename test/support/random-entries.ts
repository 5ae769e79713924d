import fc from 'fast-check'
import { ledger } from '../../src/ledger/ledger.ts'
import type { EntryDraft, EntryHead } from '../../src/ledger/journal.ts'
import type { TemplateName, TemplateVars } from '../../src/ledger/templates.ts'
import { localDate } from '../../src/lib/time.ts'
import { templateArbitraries } from './template-arbitraries.ts'
import type { World } from './template-arbitraries.ts'

/**
 * A small world, so that random entries meet on the same accounts: three of a kind, of which the
 * prelude knows two, and few amounts, of which some are more than there is.
 */
const smallWorld: World = {
  id: (kind) => fc.constantFrom(`${kind}-1`, `${kind}-1`, `${kind}-2`, `${kind}-2`, `${kind}-3`),
  amount: fc.integer({ min: 1, max: 22 }).map((n) => BigInt(n) * 10_000n),
}

const rarely = (usual: readonly string[], rare: readonly string[]) =>
  fc
    .oneof(
      { weight: 30, arbitrary: fc.constantFrom(...usual) },
      { weight: 1, arbitrary: fc.constantFrom(...rare) },
    )
    .map(localDate)

/**
 * The head of an entry but its reference. July is closed, August and October are open: an entry may
 * be late, in a month that was left out, or (rarely) without any month that would take it.
 */
const head = fc.record(
  {
    occurredOn: rarely(
      ['2023-07-14', '2023-08-01', '2023-08-31', '2023-09-15', '2023-10-02'],
      ['2023-11-30'],
    ),
    postingDate: rarely(['2023-08-20', '2023-10-31'], ['2023-07-31', '2023-09-01']),
    communeId: fc.integer({ min: 1, max: 3 }),
    memo: fc.constantFrom('', '-', 'Chi trả tháng 8 | 1:2', 'x'.repeat(500)),
    dimensions: fc.constant({ chapter: '424', item: '7150' }),
  },
  { requiredKeys: ['occurredOn'] },
)

/** A template with what fills it in, and the rest of the entry but its reference. */
type Plan = (reference: string) => EntryDraft

const plansOf = <N extends TemplateName>(name: N, vars: fc.Arbitrary<TemplateVars<N>>) =>
  fc.tuple(vars, head).map(
    ([filled, rest]): Plan =>
      (reference) =>
        ledger.entry(name, filled, { ...rest, reference } satisfies EntryHead),
  )

const ofWorld = Object.entries(templateArbitraries(smallWorld)).map(
  ([name, vars]) =>
    [
      name,
      plansOf(name as TemplateName, vars as fc.Arbitrary<TemplateVars<TemplateName>>),
    ] as const,
)
/** They go both ways over two accounts: floors are hit in the middle of a set. */
const SWINGS = ['hold', 'release', 'move-to-bank', 'move-to-treasury']

/** Random entries of every template over the small world. */
const plan: fc.Arbitrary<Plan> = fc.oneof(
  { weight: 2, arbitrary: fc.oneof(...ofWorld.map(([, plans]) => plans)) },
  {
    weight: 1,
    arbitrary: fc.oneof(
      ...ofWorld.filter(([name]) => SWINGS.includes(name)).map(([, plans]) => plans),
    ),
  },
)

const PLENTY = 200_000n

/**
 * Entries that put something on every account that has a floor, so that a random entry has a
 * chance.
 */
export const prelude: readonly EntryDraft[] = ['1', '2'].flatMap((n) => {
  const opening = (name: 'opening-asset' | 'opening-liability', code: string, kind: string) =>
    ledger.entry(
      name,
      {
        account: { code, subject: `${kind}-${n}` } as TemplateVars<'opening-asset'>['account'],
        amount: PLENTY,
      },
      { reference: `prelude:${code}:${n}`, occurredOn: localDate('2023-08-01') },
    )
  const unit = `unit-${n}`
  const memo = (name: 'estimate-assigned') =>
    ledger.entry(
      name,
      { unit, amount: PLENTY },
      { reference: `prelude:${name}:${n}`, occurredOn: localDate('2023-08-01') },
    )
  return [
    memo('estimate-assigned'),
    opening('opening-asset', '1120', 'unit:unit'),
    opening('opening-asset', '1121-FREE', 'unit:unit'),
    opening('opening-asset', '1121-HELD', 'list:list'),
    opening('opening-asset', '1130-TRANSIT', 'instruction:instruction'),
    opening('opening-asset', '1388-SVC', 'cash-list:cash-list'),
    opening('opening-asset', '1388-RECOVER', 'person:person'),
    opening('opening-liability', '3371', 'unit:unit'),
    opening('opening-liability', '3388-BEN', 'entitlement:entitlement'),
    opening('opening-liability', '3388-UNPAID', 'entitlement:entitlement'),
    opening('opening-liability', '3388-RETURN', 'unit:unit'),
    opening('opening-liability', '3388-FEE', 'contract:contract'),
    opening('opening-liability', '3388-SUSPENSE', 'line:line'),
    opening('opening-asset', '1388-SUSPENSE', 'line:line'),
  ]
})

/** Entries to post, made when it is known what is in the journal already. */
export type Batch = (known: readonly EntryDraft[]) => readonly EntryDraft[]

const pick = (from: readonly EntryDraft[], at: number, otherwise: EntryDraft) =>
  from[at % Math.max(from.length, 1)] ?? otherwise

/**
 * Mostly a new entry; also one of this call again, one that is known, and a reference that is
 * taken.
 */
const item = fc
  .tuple(plan, fc.nat(99), fc.nat(99))
  .map(([make, dice, at]) => (known: readonly EntryDraft[], earlier: readonly EntryDraft[]) => {
    const own = make(`own:${String(known.length + earlier.length)}`)
    if (dice < 80) return own
    if (dice < 88) return pick(earlier, at, own)
    if (dice < 97) return pick(known, at, own)
    return { ...own, reference: pick([...earlier, ...known], at, own).reference }
  })

/** Batches of `minLength` to `maxLength` random entries. */
export const batchOf = (length: {
  readonly minLength: number
  readonly maxLength: number
}): fc.Arbitrary<Batch> =>
  fc
    .array(item, length)
    .map(
      (items) => (known) =>
        items.reduce<EntryDraft[]>((earlier, make) => [...earlier, make(known, earlier)], []),
    )
