import type { Act, PersonId } from '../../src/lib/act.ts'
import type { Barrier } from '../../src/lib/barrier.ts'
import type { Database } from '../../src/lib/db.ts'
import type { PayoutQueues } from '../../src/compose-payouts.ts'
import type { Month } from '../../src/lib/time.ts'
import type { Vault } from '../../src/lib/vault.ts'
import type { Channel, ChannelName } from '../../src/payouts/channels/channel.ts'
import type { CommuneRow } from '../../src/registry/registry.ts'
import type { Staff } from './people.ts'
import type { World } from './world.ts'

/** What the month needs; every step looks at the rows first, so that a killed demo goes on where it was. */
export interface Demo {
  readonly db: Database
  readonly vault: Vault
  readonly queues: PayoutQueues
  readonly world: World
  readonly channels: Readonly<Record<ChannelName, Channel>>
  readonly barrier: Barrier
  readonly staff: Staff
  readonly communes: readonly CommuneRow[]
  readonly month: Month
  readonly say: (line: string) => void
  /** Rewrites one line of progress. */
  readonly progress: (line: string) => void
}

export const CHANNELS = ['bank', 'hue-s'] as const

/** A person of the demo does something and may see the whole province. */
export function actOf(actor: PersonId): Act {
  return { actor, via: 'demo', scope: 'province' }
}

/** The paying units of the demo's communes, each once. */
export function payingUnits({ communes }: Demo): readonly string[] {
  return [...new Set(communes.map(({ payingUnit }) => payingUnit))]
}
