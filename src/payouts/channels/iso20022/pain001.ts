import { invariant } from '../../../lib/errors.ts'
import { sumVnd } from '../../../lib/money.ts'
import type { FilePiece, OutgoingOrder, OutgoingPayment } from '../channel.ts'
import { foldText, isAccountNumber, isIdentifier } from './text.ts'

/** The versions of pain.001 that we write; which one a bank takes is configuration. */
export const painVersions = ['001.03', '001.09'] as const
export type PainVersion = (typeof painVersions)[number]

/** What of an order file is the bank's and not the order's. */
export interface Pain001Setting {
  readonly version: PainVersion
  /** The BIN of the bank that holds the paying units' accounts. */
  readonly debtorBin: string
}

const NAME_MAX = 70
const REMITTANCE_MAX = 140
/** Characters that are gathered before a piece is given on. */
const PIECE_CHARS = 32 * 1024
/** SocialSecurityBenefit in ISO 20022's external code sets of category purpose and purpose. */
const PURPOSE = 'SSBE'
/** No external code names the clearing system of Vietnam; its members are told apart by their BIN. */
const CLEARING_SYSTEM = 'NAPAS'

/**
 * Why a payment cannot be written, as an ISO 20022 reason: no bank (RC01), no account number (AC01), no name that is
 * left after folding (BE01); null when it can.
 */
export function unwritable({
  bankCode,
  accountNumber,
  holderName,
}: OutgoingPayment): 'RC01' | 'AC01' | 'BE01' | null {
  if (bankCode === null || !isIdentifier(bankCode)) return 'RC01'
  if (!isAccountNumber(accountNumber)) return 'AC01'
  return foldText(holderName, NAME_MAX) === '' ? 'BE01' : null
}

/**
 * Writes an order file piece by piece, as pain.001.001.03 or .09 (schemas of the ISO 20022 registration authority): one
 * PmtInf for each credited bank, its code as PmtInfId, so that a bank can refuse what goes to one bank. The payment
 * reference is the EndToEndId; amounts are whole đồng. Takes payments that `unwritable` lets through and an id of at
 * most 35 characters; holds one piece at a time.
 */
export function* writePain001(order: OutgoingOrder, setting: Pain001Setting): Generator<string> {
  let piece = ''
  for (const { text } of pain001Parts(order, setting)) {
    piece += text
    if (piece.length < PIECE_CHARS) continue
    yield piece
    piece = ''
  }
  yield piece
}

/** The same file, each CdtTrfTxInf by itself with the payment that it carries. */
export function* pain001Parts(order: OutgoingOrder, setting: Pain001Setting): Generator<FilePiece> {
  invariant(isIdentifier(order.id), `${order.id} can be a MsgId`)
  invariant(isIdentifier(order.payingUnit), `${order.payingUnit} can be an account`)
  invariant(order.payments.length > 0, 'an order file has payments')
  const payer = foldText(order.payerName, NAME_MAX) || order.payingUnit
  yield about(null, '<?xml version="1.0" encoding="UTF-8"?>\n' + opening(order, payer, setting))
  for (const [bank, payments] of byBank(order.payments)) {
    yield about(null, paymentInformation(order, { bank, payer, payments, setting }))
    for (const payment of payments) yield about(payment.reference, creditTransfer(bank, payment))
    yield about(null, '</PmtInf>\n')
  }
  yield about(null, '</CstmrCdtTrfInitn></Document>\n')
}

const about = (reference: string | null, text: string): FilePiece => ({ reference, text })

const opening = (order: OutgoingOrder, payer: string, { version }: Pain001Setting): string =>
  `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.${version}"><CstmrCdtTrfInitn>\n` +
  `<GrpHdr><MsgId>${order.id}</MsgId><CreDtTm>${order.claimedAt}</CreDtTm>${totals(order.payments)}` +
  `<InitgPty><Nm>${payer}</Nm></InitgPty></GrpHdr>\n`

/** Payments by the code of the credited bank, in its order; within one bank in the order given. */
function byBank(payments: readonly OutgoingPayment[]): [string, OutgoingPayment[]][] {
  const banks = new Map<string, OutgoingPayment[]>()
  for (const payment of payments) {
    invariant(unwritable(payment) === null, `${payment.reference} can be written`)
    const bank = payment.bankCode ?? ''
    const those = banks.get(bank)
    if (those === undefined) banks.set(bank, [payment])
    else those.push(payment)
  }
  return [...banks].toSorted(([a], [b]) => (a < b ? -1 : 1))
}

function paymentInformation(
  order: OutgoingOrder,
  head: {
    readonly bank: string
    readonly payer: string
    readonly payments: readonly OutgoingPayment[]
    readonly setting: Pain001Setting
  },
): string {
  const day = head.setting.version === '001.03' ? order.on : `<Dt>${order.on}</Dt>`
  return (
    // Not booked as a batch: every payment is a line of the statement, which is what it is matched to.
    `<PmtInf><PmtInfId>${head.bank}</PmtInfId><PmtMtd>TRF</PmtMtd><BtchBookg>false</BtchBookg>` +
    totals(head.payments) +
    `<PmtTpInf><CtgyPurp><Cd>${PURPOSE}</Cd></CtgyPurp></PmtTpInf><ReqdExctnDt>${day}</ReqdExctnDt>` +
    `<Dbtr><Nm>${head.payer}</Nm></Dbtr><DbtrAcct>${account(order.payingUnit)}<Ccy>VND</Ccy></DbtrAcct>` +
    `<DbtrAgt>${agent(head.setting.debtorBin)}</DbtrAgt><ChrgBr>DEBT</ChrgBr>\n`
  )
}

function creditTransfer(bank: string, payment: OutgoingPayment): string {
  const { reference, amount, holderName, accountNumber, text } = payment
  const remittance = foldText(text, REMITTANCE_MAX)
  return (
    `<CdtTrfTxInf><PmtId><InstrId>${reference}</InstrId><EndToEndId>${reference}</EndToEndId></PmtId>` +
    `<Amt><InstdAmt Ccy="VND">${amount}</InstdAmt></Amt><CdtrAgt>${agent(bank)}</CdtrAgt>` +
    `<Cdtr><Nm>${foldText(holderName, NAME_MAX)}</Nm></Cdtr><CdtrAcct>${account(accountNumber)}</CdtrAcct>` +
    `<Purp><Cd>${PURPOSE}</Cd></Purp>` +
    (remittance === '' ? '' : `<RmtInf><Ustrd>${remittance}</Ustrd></RmtInf>`) +
    '</CdtTrfTxInf>\n'
  )
}

const totals = (payments: readonly OutgoingPayment[]): string =>
  `<NbOfTxs>${payments.length}</NbOfTxs><CtrlSum>${sumVnd(payments.map(({ amount }) => amount))}</CtrlSum>`

const account = (number: string): string => `<Id><Othr><Id>${number}</Id></Othr></Id>`

const agent = (memberId: string): string =>
  '<FinInstnId><ClrSysMmbId>' +
  `<ClrSysId><Prtry>${CLEARING_SYSTEM}</Prtry></ClrSysId><MmbId>${memberId}</MmbId></ClrSysMmbId></FinInstnId>`
