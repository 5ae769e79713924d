import type { IncomingFile, PaymentOutcome } from '../channel.ts'

/** How files go to a bank and come back. What is inside them it does not know. */
export interface FileTransport {
  /**
   * Gives an order file to the bank, once: `submitted` when the bank has it, `rejected` when it says that nothing of it
   * is executed, `refused` when it surely has not left, else `unknown` (reliability.md C4). Never throws, never tries twice.
   */
  deliver(file: {
    readonly id: string
    readonly count: number
    readonly pieces: Iterable<string>
    /** Asked at the moment of sending, where there is one: what is not fresh any more is `refused`. */
    readonly isFresh: () => boolean
  }): Promise<PaymentOutcome>
  /** Of a transport that only lays files down: `Channel.takeBack`. */
  readonly takeBack?: (fileId: string) => Promise<boolean>
  /** The status files that are there now: of the files named, or all that the bank has put down. */
  statusFiles(fileIds: readonly string[]): AsyncIterable<IncomingFile>
}
