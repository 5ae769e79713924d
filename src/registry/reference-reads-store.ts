import type { Tx } from '../lib/db.ts'
import type { LocalDate, Month } from '../lib/time.ts'

/** What every row of reference data says of itself: verified, from memory, to confirm. */
interface Fact {
  readonly status: string
}

/** A bank or wallet into which we can pay. */
interface Bank extends Fact {
  readonly code: string
  readonly bin: string | null
  readonly shortName: string
  readonly name: string
  readonly kind: string
  readonly transferSupported: boolean
}

/** Banks by code. */
export async function banks(tx: Tx): Promise<readonly Bank[]> {
  return tx.$queryRaw<Bank[]>`
    select code, bin, short_name as "shortName", name_vi as name, kind, transfer_supported as "transferSupported", status
      from bank order by code`
}

/** Why a benefit stops or is suspended (TT 02/2021/TT-BLĐTBXH Art 2). */
interface StopReason extends Fact {
  readonly code: string
  readonly kind: 'stop' | 'suspend'
  readonly vi: string
  readonly en: string
  readonly legalBasis: string
}

/** Reasons to stop or to suspend, by code. */
export async function stopReasons(tx: Tx): Promise<readonly StopReason[]> {
  return tx.$queryRaw<StopReason[]>`
    select code, kind, description_vi as vi, description_en as en, legal_basis as "legalBasis", status from stop_reason order by code`
}

/** Why a payment fails, and what is done about it. */
interface FailureReason extends Fact {
  readonly code: string
  readonly isoReason: string | null
  readonly stage: readonly string[]
  readonly retry: string
  readonly action: string
  readonly vi: string
  readonly en: string
}

/** Reasons of failure by code. */
export async function failureReasons(tx: Tx): Promise<readonly FailureReason[]> {
  return tx.$queryRaw<FailureReason[]>`
    select code, iso_reason as "isoReason", stage, retry, action, description_vi as vi, description_en as en, status
      from failure_reason order by code`
}

/** A category of beneficiaries: its coefficient (of the standard) or its fixed amount in đồng. */
interface Category extends Fact {
  readonly code: string
  readonly head: string
  readonly validFrom: LocalDate
  readonly validTo: LocalDate | null
  readonly legalBasis: string
  readonly vi: string
  readonly en: string
  readonly benefitType: string
  readonly coefficient: string | null
  readonly fixedAmount: bigint | null
}

/** The categories that are in force in a month or at some day of it, by code. */
export async function categoriesIn(tx: Tx, month: Month): Promise<readonly Category[]> {
  return tx.$queryRaw<Category[]>`
    select code, head, valid_from::text as "validFrom", valid_to::text as "validTo", legal_basis as "legalBasis",
           description_vi as vi, description_en as en, benefit_type as "benefitType", coefficient::text as coefficient,
           fixed_amount as "fixedAmount", status
      from benefit_category
     where valid_from < (${month}::date + interval '1 month')::date and (valid_to is null or valid_to >= ${month}::date)
     order by code, valid_from`
}

/** The standard that coefficients multiply, in đồng. */
interface Standard extends Fact {
  readonly scope: string
  readonly validFrom: LocalDate
  readonly validTo: LocalDate | null
  readonly amount: bigint
  readonly legalBasis: string
}

/** Standards of all times by whom they are for and since when. */
export async function standards(tx: Tx): Promise<readonly Standard[]> {
  return tx.$queryRaw<Standard[]>`
    select scope, valid_from::text as "validFrom", valid_to::text as "validTo", amount, legal_basis as "legalBasis", status
      from standard_level order by scope, valid_from`
}

/** A gift of a fixed sum in one month, in đồng. */
interface Programme extends Fact {
  readonly code: string
  readonly vi: string
  readonly en: string
  readonly amount: bigint
  readonly categories: readonly string[]
  readonly month: Month
  readonly legalBasis: string
}

/** One-off programmes by month and code. */
export async function programmes(tx: Tx): Promise<readonly Programme[]> {
  return tx.$queryRaw<Programme[]>`
    select code, name_vi as vi, name_en as en, amount, categories, month::text as month, legal_basis as "legalBasis", status
      from one_off_programme order by month, code`
}
