import type { ChannelName } from './channels/channel.ts'
import type { DueLine, Payee as RegisteredPayee } from '../registry/registry.ts'

export type { DueLine } from '../registry/registry.ts'

/** Who receives a person's money of a programme, and how; why it could not be released today. */
export interface Payee extends Omit<RegisteredPayee, 'channel' | 'hold' | 'warnings'> {
  readonly channel: ChannelName | null
  readonly hold: string | null
  readonly warnings: readonly string[]
}

/** What the law owes the people of some communes on their lists of a month and who receives it. */
export interface Due {
  readonly lines: readonly DueLine[]
  /** By `receiverKey`. */
  readonly payees: ReadonlyMap<string, Payee>
}

/** Whose assignment a line is paid by: the person's for the enrolment's programme; a funeral goes to whoever organises it. */
export function receiverKey(
  line: Pick<DueLine, 'component' | 'enrolmentId' | 'personId' | 'payeeProgramme'>,
): string {
  return line.component === 'funeral'
    ? `funeral:${line.enrolmentId}`
    : `${line.personId}:${line.payeeProgramme}`
}
