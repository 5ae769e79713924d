import { inFile } from './mutant.ts'
import type { Mutant } from './mutant.ts'

const seal = inFile('test/integration/audit-seal.test.ts')
const leaving = inFile('test/integration/audit-export.test.ts')
const outgoing = inFile('test/integration/outgoing.test.ts')
const targets = inFile('test/unit/outgoing-targets.test.ts')
const migration26 = 'prisma/migrations/0026_audit_seal/migration.sql'
const migration29 = 'prisma/migrations/0029_operations/migration.sql'

/** Ways in which the audit trail could be changed unseen, or leave with holes. */
const auditMutants: readonly Mutant[] = [
  {
    name: 'audit-detail-unsealed',
    edits: [
      { file: migration26, find: 'audit_field(e.detail::text)), ', replace: "audit_field('')), " },
      {
        file: 'src/ledger/verify-audit-bytes.ts',
        find: 'field(e.detail),',
        replace: "field(''),",
      },
    ],
    test: seal('a purpose edited'),
  },
  {
    name: 'audit-fields-run-together',
    edits: [
      {
        file: migration26,
        find: "octet_length(convert_to(value, 'UTF8'))::text || ':' || value, '-')",
        replace: "value, '')",
      },
      {
        file: 'src/ledger/verify-audit-bytes.ts',
        find: "text === null ? '-' : `${String(Buffer.byteLength(text))}:${text}`",
        replace: "text ?? ''",
      },
    ],
    test: seal('an address emptied into the next field'),
  },
  {
    name: 'audit-ledger-uncovered',
    edits: [
      {
        file: migration26,
        find: "coalesce(ledger.number::text || ':' || encode(ledger.head, 'hex'), '-')",
        replace: "'-'",
      },
      {
        file: 'src/ledger/verify-audit-bytes.ts',
        find: "ledgerBlock === null ? '-' : `${ledgerBlock}:${ledgerHead ?? ''}`",
        replace: "ledgerBlock === ledgerHead ? '-' : '-'",
      },
    ],
    test: seal('the ledger rewritten beside it'),
  },
  {
    name: 'audit-tail-unseen',
    edits: [
      {
        file: 'src/ledger/verify-audit.ts',
        find: 'await checkAnchors(ask, anchors, report)',
        replace: 'void checkAnchors; void anchors',
      },
    ],
    test: seal('only a head kept outside shows'),
  },
  {
    name: 'audit-export-before-arrival',
    edits: [
      {
        file: 'src/operations/audit-export.ts',
        find: `await sendSyslog(collector, lines, HANDOVER_MS_MAX)
    await db.transact(by, (tx) => moveTo(tx, name, last))`,
        replace: `await db.transact(by, (tx) => moveTo(tx, name, last))
    await sendSyslog(collector, lines, HANDOVER_MS_MAX)`,
      },
    ],
    test: leaving('nothing is lost while the collector is away'),
  },
  {
    name: 'audit-export-any-certificate',
    edits: [
      {
        file: 'src/lib/syslog.ts',
        find: 'rejectUnauthorized: true',
        replace: 'rejectUnauthorized: false',
      },
    ],
    test: leaving('a collector with another certificate gets nothing'),
  },
  {
    name: 'audit-export-late-passed-over',
    edits: [
      {
        file: 'src/operations/audit-export-store.ts',
        find: 'and e.xid < pg_snapshot_xmin(pg_current_snapshot())',
        replace: '',
      },
    ],
    test: leaving('an event that commits late is not passed over'),
  },
]

/** Ways in which somebody could be told wrongly, or told what they must not be. */
const outgoingMutants: readonly Mutant[] = [
  {
    name: 'outgoing-time-unsigned',
    edits: [
      {
        file: 'src/operations/outgoing-client.ts',
        find: '${id}.${String(sentAt)}.${body}',
        replace: '${id}.${body}',
      },
    ],
    test: outgoing('is written with its act'),
  },
  {
    name: 'outgoing-to-this-machine',
    edits: [
      {
        file: 'src/operations/outgoing-client.ts',
        find: 'addresses.some(({ address }) => refusedAddress(address))',
        replace: 'addresses.some(({ address }) => refusedAddress(address) && false)',
      },
    ],
    test: targets('a name that leads to this machine'),
  },
  {
    name: 'outgoing-redirect-delivers',
    edits: [
      {
        file: 'src/operations/outgoing-client.ts',
        find: 'status < 300',
        replace: 'status < 400',
      },
    ],
    test: outgoing('a redirect is no delivery'),
  },
  {
    name: 'outgoing-silent-again',
    edits: [
      {
        file: 'src/operations/outgoing.ts',
        find: 'else byName.delete(target.name)',
        replace: 'else void 0',
      },
    ],
    test: inFile('test/integration/outgoing.test.ts')('is asked once a run'),
  },
  {
    name: 'outgoing-for-ever',
    edits: [
      {
        file: 'src/operations/outgoing.ts',
        find: 'WAITS[delivery.attempts - 1] ?? null',
        replace: 'WAITS[delivery.attempts - 1] ?? 10',
      },
    ],
    test: outgoing('is tried again, later each time'),
  },
  {
    name: 'outgoing-to-nobody',
    edits: [
      {
        file: migration29,
        find: 'select exists (select from outgoing_target where active and kinds && wanted)',
        replace: 'select true or wanted is null',
      },
    ],
    test: outgoing('is written for nobody while nobody listens'),
  },
]

/** Ways in which the trail could be changed, or others be told, wrongly. */
export const tellingMutants: readonly Mutant[] = [...auditMutants, ...outgoingMutants]
