import type { Tx } from '../lib/db.ts'
import { lawOf } from './rules-law.ts'
import type { Gift, Law, LawCategory, LawLevel } from './rules-law.ts'

/** The law as the reference tables hold it now: one statement. */
export async function readLaw(tx: Tx): Promise<Law> {
  const [row] = await tx.$queryRaw<
    { categories: Json<LawCategory>[]; levels: Json<LawLevel>[]; gifts: Json<Gift>[] }[]
  >`
    select (select json_agg(json_build_object('code', code, 'head', head, 'movesTo', moves_to, 'validFrom', valid_from,
              'validTo', valid_to, 'article', article, 'clause', clause, 'point', point, 'legalBasis', legal_basis,
              'benefitType', benefit_type, 'coefficient', coefficient::text, 'fixedAmount', fixed_amount::text,
              'ageRule', age_rule, 'startRule', start_rule, 'confidential', confidential)) from benefit_category) as categories,
           (select json_agg(json_build_object('scope', scope, 'validFrom', valid_from, 'validTo', valid_to,
              'amount', amount::text)) from standard_level) as levels,
           (select coalesce(json_agg(json_build_object('code', code, 'nameVi', name_vi, 'nameEn', name_en,
              'amount', amount::text, 'categories', categories, 'month', month, 'legalBasis', legal_basis)), '[]')
              from one_off_programme) as gifts`
  return lawOf({
    categories: (row?.categories ?? []).map((category) => ({
      ...category,
      fixedAmount: category.fixedAmount === null ? null : BigInt(category.fixedAmount),
    })),
    levels: (row?.levels ?? []).map((level) => ({ ...level, amount: BigInt(level.amount) })),
    gifts: (row?.gifts ?? []).map((gift) => ({ ...gift, amount: BigInt(gift.amount) })),
  })
}

/** As JSON carries it: đồng as digits, for a JSON number would lose them. */
type Json<Row> = {
  [Key in keyof Row]: bigint extends Row[Key] ? Exclude<Row[Key], bigint> | string : Row[Key]
}
