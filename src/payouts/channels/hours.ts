import { timeOfDay } from '../../lib/time.ts'
import type { ChannelLimits } from './channel.ts'

/** Whether a channel takes orders at this time of day, "HH:MM" in Vietnam; outside its hours rows stay queued. */
export function isOpen({ hours }: Pick<ChannelLimits, 'hours'>, clock = timeOfDay): boolean {
  if (hours === null) return true
  const now = clock()
  return hours.from <= now && now < hours.until
}
