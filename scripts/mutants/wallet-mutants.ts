import { inFile, type Mutant } from './mutant.ts'

const SIGNATURE = 'src/payouts/channels/hue-s-signature.ts'
const HUE_S = 'src/payouts/channels/hue-s.ts'
const GUARDED = 'src/payouts/channels/guarded.ts'
const CALLBACKS = 'src/payouts/callbacks.ts'
const CALLBACKS_STORE = 'src/payouts/callbacks-store.ts'

const faults = inFile('test/integration/wallet-faults.test.ts')
const callbacks = inFile('test/integration/callbacks.test.ts')
const signature = inFile('test/unit/hue-s-signature.test.ts')
const breaker = inFile('test/unit/breaker.test.ts')

/** Mistakes about what the wallet says: each would believe somebody who is not the wallet, or send twice. */
export const walletMutants: readonly Mutant[] = [
  {
    name: 'wallet-unsigned: an answer is believed without its signature',
    edits: [
      {
        file: SIGNATURE,
        find: `if (!isSignedBy(keys, named, head, body)) return 'the answer is not signed by the wallet'`,
        replace: '',
      },
    ],
    test: faults('a wrong signature: unknown'),
  },
  {
    name: 'wallet-replay: the answer to another call is believed',
    edits: [
      {
        file: SIGNATURE,
        find: `if (header('nonce') !== nonce) return 'the answer belongs to another call'`,
        replace: '',
      },
      {
        file: SIGNATURE,
        find: 'const head = `answer\\n${status}\\n${nonce}\\n${stamp}\\n`',
        replace: "const head = `answer\\n${status}\\n${header('nonce')}\\n${stamp}\\n`",
      },
    ],
    test: signature('signed over the nonce of another call is not'),
  },
  {
    name: 'wallet-clock: an answer is believed whenever it was signed',
    edits: [
      {
        file: SIGNATURE,
        find: `if (!isWithinWindow(stamp, nowMs())) return 'the clock of the answer is wrong'`,
        replace: '',
      },
    ],
    test: faults('a clock ten minutes late: unknown'),
  },
  {
    name: 'wallet-echo: an answer about another amount is believed',
    edits: [
      {
        file: HUE_S,
        find: 'if (body.reference !== payment.reference || body.amount !== payment.amount) {',
        replace: 'if (body.reference !== payment.reference) {',
      },
    ],
    test: faults('another amount: unknown'),
  },
  {
    name: 'callback-unsigned: anybody may have us ask',
    edits: [
      {
        file: CALLBACKS,
        find: 'if (!isSignedBy(keys, named, `${timestamp}.`, request.body)) {',
        replace: `if (named.key === 'nobody') {`,
      },
    ],
    test: callbacks('of which the signature is wrong'),
  },
  {
    name: 'callback-clock: a callback is taken whenever it was signed',
    edits: [
      {
        file: CALLBACKS,
        find: 'if (!isWithinWindow(timestamp, nowMs())) {',
        replace: 'if (nowMs() < 0) {',
      },
    ],
    test: callbacks('of a clock -600 s off'),
  },
  {
    name: 'callback-blocks: a refused callback uses up the id of the true one',
    edits: [
      {
        file: CALLBACKS_STORE,
        find: `where channel = \${channel} and event_id = \${eventId} and accepted`,
        replace: `where channel = \${channel} and event_id = \${eventId}`,
      },
      {
        file: 'prisma/migrations/0015_callbacks/migration.sql',
        find: 'primary key (channel, event_id, accepted)',
        replace: 'primary key (channel, event_id)',
      },
    ],
    test: callbacks('of a clock 600 s off'),
  },
  {
    name: 'callback-believed: what a callback says is taken for an answer',
    edits: [
      {
        file: CALLBACKS_STORE,
        find: "cause: 'callback' | 'status-file', ): Promise<void> {",
        replace: `cause: 'callback' | 'status-file' ): Promise<void> {
          await tx.$executeRaw\`update instruction set state = 'ACCEPTED' where reference = any (\${references}::text[]) and state = 'UNKNOWN'\``,
      },
    ],
    test: callbacks('has us ask and is never believed by itself'),
  },
  {
    name: 'callback-twice: a repeated callback has us ask again',
    edits: [
      {
        file: CALLBACKS,
        find: `return hash === event.bodyHash.toString('hex') ? 'repeated' : 'id-used-again'`,
        replace: `await store.markDue(tx, event.reference)
          return hash === event.bodyHash.toString('hex') ? 'repeated' : 'id-used-again'`,
      },
    ],
    test: callbacks('that comes again, or twenty times'),
  },
  {
    name: 'breaker-pays: an open breaker is tried by a payment',
    edits: [
      { file: GUARDED, find: `if (!breaker.isClosed()) return { kind: 'refused' }`, replace: '' },
    ],
    test: breaker('stops in the middle of a claim'),
  },
  {
    name: 'breaker-probe: the channel is tried again without asking it',
    edits: [
      {
        file: GUARDED,
        find: `breaker.ready(async () => (await channel.enquire(PROBE)).kind !== 'no-answer')`,
        replace: 'breaker.ready(() => Promise.resolve(true))',
      },
    ],
    test: breaker('is tried again by an enquiry and never by a payment'),
  },
  {
    name: 'breaker-ignored: an order is claimed while the channel is left alone',
    edits: [
      {
        file: 'src/payouts/sending.ts',
        find: 'if (!(await channel.ready())) return false',
        replace: '',
      },
    ],
    test: faults('a wallet that is down is left alone'),
  },
  {
    name: 'late-sent: a call whose time is over is begun all the same',
    edits: [
      {
        file: 'src/lib/http-exchange.ts',
        find: 'if (this.#late === null && this.#elapsed() < this.#withinMs) this.#begun = controller else controller.abort(this.#late ?? tooLate(this.#withinMs))',
        replace: 'this.#begun = controller',
      },
    ],
    test: inFile('test/unit/http-exchange.test.ts')('what was not begun in its time is never sent'),
  },
]
