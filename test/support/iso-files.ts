import { localDate } from '../../src/lib/time.ts'
import type { OutgoingOrder, OutgoingPayment } from '../../src/payouts/channels/channel.ts'
import type { SentFile } from '../../src/payouts/status-report.ts'

/** The n-th payment of a sample file: 360.000 đồng to one of three banks in turn. */
export const paymentNo = (n: number, change: Partial<OutgoingPayment> = {}): OutgoingPayment => ({
  reference: `2308${String(n).padStart(12, '0')}`,
  amount: 360_000n,
  bankCode: ['970405', '970436', '970422'][n % 3] ?? null,
  accountNumber: `999${String(n).padStart(9, '0')}`,
  holderName: 'NGUYEN THI ANH MAU',
  text: 'TRO CAP XA HOI 08/2023',
  ...change,
})

/** A file of payments, as it is claimed. */
export const orderOf = (payments: readonly OutgoingPayment[]): OutgoingOrder => ({
  ...{ id: '20230803-474.20210701-001-1', payingUnit: '474.20210701' },
  ...{ on: localDate('2023-08-03'), claimedAt: '2023-08-03T08:00:00+07:00' },
  ...{ payerName: 'Ủy ban nhân dân thành phố Huế', payments },
})

/** The same file as the database remembers it. */
export const sentOf = (payments: readonly OutgoingPayment[]): SentFile => ({
  id: orderOf(payments).id,
  rows: new Map(
    payments.map(({ reference, amount, bankCode }) => [
      reference,
      { amount, attempt: 1, part: bankCode ?? '' },
    ]),
  ),
})

/** What a bank says of a file: texts stand as they are given. */
export interface Said {
  readonly file?: string
  readonly message?: string
  readonly count?: string
  readonly total?: string
  readonly group?: string
  readonly groupReason?: string
  readonly tallies?: Readonly<Record<string, number>>
  readonly parts?: readonly {
    readonly id: string
    readonly status?: string
    readonly reason?: string
    readonly count?: string
    readonly total?: string
    readonly rows?: readonly {
      readonly reference: string
      readonly status?: string
      readonly reason?: string
      readonly amount?: string
    }[]
  }[]
}

/** Writes a pain.002: `prefix` "" or "p:", `version` null for none. Shares no code with reader or simulator. */
export function pain002(
  said: Said,
  {
    prefix = '',
    version = '001.03',
  }: { readonly prefix?: string; readonly version?: string | null } = {},
): Buffer {
  const e = (name: string, inner: string | undefined) =>
    inner === undefined ? '' : `<${prefix}${name}>${inner}</${prefix}${name}>`
  const why = (reason?: string) =>
    reason === undefined ? '' : e('StsRsnInf', e('Rsn', e('Cd', reason)))
  const row = (r: NonNullable<NonNullable<Said['parts']>[number]['rows']>[number]) =>
    e(
      'TxInfAndSts',
      e('OrgnlEndToEndId', r.reference) +
        e('TxSts', r.status) +
        why(r.reason) +
        (r.amount === undefined
          ? ''
          : e(
              'OrgnlTxRef',
              e('Amt', `<${prefix}InstdAmt Ccy="VND">${r.amount}</${prefix}InstdAmt>`),
            )),
    )
  const tallies = Object.entries(said.tallies ?? {})
    .map(([code, n]) => e('NbOfTxsPerSts', e('DtldNbOfTxs', String(n)) + e('DtldSts', code)))
    .join('')
  const body =
    e('GrpHdr', e('MsgId', said.message ?? 'BANK-1') + e('CreDtTm', '2023-08-03T17:00:00+07:00')) +
    e(
      'OrgnlGrpInfAndSts',
      e('OrgnlMsgId', said.file ?? '20230803-474.20210701-001-1') +
        e('OrgnlMsgNmId', 'pain.001.001.03') +
        e('OrgnlNbOfTxs', said.count) +
        e('OrgnlCtrlSum', said.total) +
        e('GrpSts', said.group) +
        why(said.groupReason) +
        tallies,
    ) +
    (said.parts ?? [])
      .map((part) =>
        e(
          'OrgnlPmtInfAndSts',
          e('OrgnlPmtInfId', part.id) +
            e('OrgnlNbOfTxs', part.count) +
            e('OrgnlCtrlSum', part.total) +
            e('PmtInfSts', part.status) +
            why(part.reason) +
            (part.rows ?? []).map(row).join(''),
        ),
      )
      .join('')
  const urn = `urn:iso:std:iso:20022:tech:xsd:pain.002.${version ?? ''}`
  const binding = version === null ? '' : ` xmlns${prefix === '' ? '' : ':p'}="${urn}"`
  return Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?>\n<!-- báo cáo -->\n<${prefix}Document${binding}>${e('CstmrPmtStsRpt', body)}</${prefix}Document>`,
  )
}
