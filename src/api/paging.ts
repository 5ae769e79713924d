import { z } from 'zod'

/** The most items of a page (API4): one less than the reads give, for each page looks one further. */
const PAGE_MAX = 199

/** How a page is asked for: `after` is the `next` of the page before. */
export const pageQuery = {
  after: z.string().min(1).max(200).optional().meta({ description: 'next của trang trước' }),
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(50),
}

/** A page goes out with the place to go on from; null at the end. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), next: z.string().nullable() })

/** Cuts what was read one further than asked for to a page (keyset). */
export function cut<Row>(
  rows: readonly Row[],
  limit: number,
  keyOf: (row: Row) => string,
): { readonly items: readonly Row[]; readonly next: string | null } {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, next: rows.length > limit && last !== undefined ? keyOf(last) : null }
}
