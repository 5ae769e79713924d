import type { Tx } from '../lib/db.ts'

/** The database's clock, from a server that takes writes and runs plpgsql. Throws otherwise. */
export async function probe(tx: Tx): Promise<Date> {
  const [row] = await tx.$queryRaw<{ at: Date }[]>`select ready_probe() as at`
  if (row === undefined) throw new Error('the probe answers')
  return row.at
}

/** Migrations that ran. */
export async function migrationsDone(tx: Tx): Promise<ReadonlySet<string>> {
  const rows = await tx.$queryRaw<{ name: string }[]>`
    select migration_name as name from _prisma_migrations where finished_at is not null and rolled_back_at is null`
  return new Set(rows.map(({ name }) => name))
}
