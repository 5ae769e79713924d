import { HttpError, reader } from './input.ts'
import type { Rail } from './rail.ts'
import type { HolderRecord, HolderStatus, RailRecord } from './records.ts'
import type { Routes } from './serve.ts'

export type Holders = Map<string, HolderRecord>

const statuses: readonly HolderStatus[] = [
  ...(['active', 'blocked', 'closed', 'not-linked', 'not-identified'] as const),
]

/** Keeps whose an account or wallet is, from the records of the book. */
export const watchHolders = (holders: Holders) => (record: RailRecord) => {
  if (record.type === 'holder') holders.set(record.account, record)
}

/** Whose accounts there are is told by whoever plays the world: `rows` of account, name and status. */
export const holderRoutes = (rail: Rail): Routes => ({
  'POST /holders': async ({ body }) => {
    const rows = reader(body).rows('rows', (row) => {
      const status = statuses.find((one) => one === row.name('status'))
      if (!status) throw new HttpError(400, `status must be one of ${statuses.join(', ')}`)
      return { account: row.name('account'), name: row.name('name'), status }
    })
    await Promise.all(rows.map((row) => rail.write({ type: 'holder', ...row })))
    return { status: 200, body: { known: rows.length } }
  },
})

/** Why a payment into a known account is refused; an unknown one is taken as it is. */
export const refusalOf = (holder: HolderRecord | undefined, name: string): string | undefined => {
  if (!holder) return undefined
  const codes = { active: undefined, blocked: 'AC06', closed: 'AC04' } as const
  if (holder.status === 'not-linked' || holder.status === 'not-identified') return 'AG01'
  return codes[holder.status] ?? (holder.name === name ? undefined : 'BE01')
}
