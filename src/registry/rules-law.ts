import { DomainError } from '../lib/errors.ts'
import type { LocalDate, Month } from '../lib/time.ts'

/** A category of the law as an amount needs it (prisma/reference/benefit_categories.csv). */
export interface LawCategory {
  readonly code: string
  /** The family that age leads through: TE_KNN is TE_KNN_U4, then TE_KNN_4_16, then TE_KNN_16_22. */
  readonly head: string
  /** The head that takes its people over once no row of this head is in force. */
  readonly movesTo: string | null
  readonly validFrom: LocalDate
  readonly validTo: LocalDate | null
  readonly article: string
  readonly clause: string
  /** The point that sets the amount: 6.1.a. */
  readonly point: string
  readonly legalBasis: string
  readonly benefitType: string
  /** Decimal with one place, e.g. "1.5"; null when the amount is fixed. */
  readonly coefficient: string | null
  /** In đồng; null when a coefficient applies. */
  readonly fixedAmount: bigint | null
  /** "[0,16) or [60,)"; null for any age. */
  readonly ageRule: string | null
  readonly startRule: string
  readonly confidential: boolean
}

/** A standard level in đồng and where it holds: `national`, or `hue` for a higher one of the city (Art 4.3). */
export interface LawLevel {
  readonly scope: string
  readonly validFrom: LocalDate
  readonly validTo: LocalDate | null
  readonly amount: bigint
}

/** A gift of a fixed sum, in đồng, to whoever has a benefit of one of the categories (`*`: any) in its month. */
export interface Gift {
  readonly code: string
  readonly nameVi: string
  readonly nameEn: string
  readonly amount: bigint
  readonly categories: readonly string[]
  readonly month: Month
  readonly legalBasis: string
}

/** The law as data: what the reference tables hold. */
export interface LawTables {
  readonly categories: readonly LawCategory[]
  readonly levels: readonly LawLevel[]
  readonly gifts: readonly Gift[]
}

/** A category in force with its ages as numbers and its place among the clauses. */
export interface CategoryInForce extends LawCategory {
  /** [from, under] in full years; Infinity for no end. */
  readonly ages: readonly (readonly [number, number])[]
  /** Lower for an earlier clause: what decides between two equal amounts. */
  readonly rank: number
}

/** The law as it stands in one month. */
export interface LawOfMonth {
  readonly month: Month
  /** In đồng. */
  readonly standard: bigint
  readonly heads: ReadonlyMap<string, readonly CategoryInForce[]>
  /** The last month in which a head that has ended was in force, and the head that takes over. */
  readonly ended: ReadonlyMap<string, { readonly last: Month; readonly movesTo: string }>
  readonly gifts: readonly Gift[]
}

/** The law over time. `inMonth` throws DomainError `standard-unknown` for a month without a standard level. */
export interface Law {
  inMonth(month: Month): LawOfMonth
  /** A category by its code, or the first one of a head. */
  named(code: string): LawCategory | undefined
}

/** Makes the law of its tables; what it says of a month is worked out once. */
export function lawOf(tables: LawTables): Law {
  const ranked = tables.categories.toSorted(byClause).map(inForceForm)
  const known = new Map<Month, LawOfMonth>()
  return {
    inMonth: (month) => {
      const before = known.get(month)
      if (before !== undefined) return before
      const made = ofMonth(tables, ranked, month)
      known.set(month, made)
      return made
    },
    named: (code) =>
      ranked.find((category) => category.code === code) ??
      ranked.find((category) => category.head === code),
  }
}

function ofMonth(tables: LawTables, ranked: readonly CategoryInForce[], month: Month): LawOfMonth {
  const heads = new Map<string, CategoryInForce[]>()
  for (const category of ranked.filter((row) => holds(row, month))) {
    heads.set(category.head, [...(heads.get(category.head) ?? []), category])
  }
  const ended = new Map(
    ranked.flatMap(({ head, movesTo, validTo }) =>
      movesTo === null || validTo === null || validTo >= month
        ? []
        : [[head, { last: `${validTo.slice(0, 7)}-01` as Month, movesTo }] as const],
    ),
  )
  const gifts = tables.gifts.filter((gift) => gift.month === month)
  return { month, standard: standardIn(tables.levels, month), heads, ended, gifts }
}

/** The national level, or the city's where that is higher (Art 4.3: "cao hơn"). */
function standardIn(levels: readonly LawLevel[], month: Month): bigint {
  const inForce = levels.filter((level) => holds(level, month))
  if (!inForce.some(({ scope }) => scope === 'national')) {
    const message = `Không có mức chuẩn cho tháng ${month.slice(0, 7)}: bổ sung standard_levels.csv`
    throw new DomainError('not-found', 'standard-unknown', message)
  }
  return inForce.reduce((highest, { amount }) => (amount > highest ? amount : highest), 0n)
}

const holds = (
  row: { readonly validFrom: LocalDate; readonly validTo: LocalDate | null },
  month: Month,
): boolean => row.validFrom <= month && (row.validTo === null || row.validTo >= month)

const inForceForm = (category: LawCategory, rank: number): CategoryInForce => ({
  ...category,
  rank,
  ages: agesOf(category.ageRule),
})

/** "[0,16) or [60,)" → [[0, 16], [60, Infinity]]. The closed end of "[16,22]" is read as under 22 (glossary: age). */
function agesOf(rule: string | null): readonly (readonly [number, number])[] {
  if (rule === null) return [[0, Infinity]]
  return [...rule.matchAll(/\[(\d+),(\d*)[\])]/g)].map(([, from, under]) => [
    Number(from),
    under === '' ? Infinity : Number(under),
  ])
}

/** Articles in their order, then clauses and points as the decree numbers them (a, b, c, d, đ); other acts last. */
function byClause(a: LawCategory, b: LawCategory): number {
  const key = ({ article, clause, code }: LawCategory) =>
    [
      /^\d+$/.test(article) ? article.padStart(4, '0') : '9999',
      clause.replace('đ', 'd~'),
      code,
    ].join(' ')
  return key(a) < key(b) ? -1 : 1
}
