import { SaxesParser } from 'saxes'
import { HttpError, isDate } from './input.ts'

/** One payment of an order file as the bank reads it. */
export interface FileRow {
  readonly reference: string
  readonly amount: bigint
  readonly bin: string
  readonly name: string
  readonly account: string
  readonly text: string
  readonly part: string
}
export interface OrderFileIn {
  readonly id: string
  readonly version: '001.03' | '001.09'
  /** The debtor's account: one in a file. */
  readonly account: string
  readonly count: number
  readonly total: bigint
  readonly rows: readonly FileRow[]
}

interface Node {
  readonly name: string
  text: string
  readonly children: Node[]
}
/** A value that must match, or children in this order: `?` may be missing, `+` may repeat. */
type Shape = RegExp | Shapes
interface Shapes {
  readonly [name: string]: Shape
}

const namespace = /^urn:iso:std:iso:20022:tech:xsd:pain\.001\.(001\.0[39])$/
/** What the bank takes in a text: no diacritics, none of the marks that its core system cannot hold. */
const text = (max: number) => new RegExp(`^[A-Za-z0-9/?:().,'+ -]{1,${String(max)}}$`)
const digits = /^[1-9][0-9]{0,14}$/
const reference = /^[0-9A-Z]{16}$/
const member = { ClrSysId: { Prtry: /^NAPAS$/ }, MmbId: /^[0-9A-Z]{3,11}$/ }
const agent = { FinInstnId: { ClrSysMmbId: member } }
const day = /^\d{4}-\d{2}-\d{2}$/

const creditTransfer = {
  PmtId: { InstrId: reference, EndToEndId: reference },
  Amt: { InstdAmt: digits },
  CdtrAgt: agent,
  Cdtr: { Nm: text(70) },
  CdtrAcct: { Id: { Othr: { Id: /^[0-9A-Za-z]{1,34}$/ } } },
  Purp: { Cd: /^[A-Z]{4}$/ },
  'RmtInf?': { Ustrd: text(140) },
}
const shapeOf = (version: string): Shape => ({
  GrpHdr: {
    MsgId: text(35),
    CreDtTm: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}([+-]\d{2}:\d{2}|Z)$/,
    NbOfTxs: digits,
    CtrlSum: digits,
    InitgPty: { Nm: text(140) },
  },
  'PmtInf+': {
    PmtInfId: text(35),
    PmtMtd: /^TRF$/,
    BtchBookg: /^false$/,
    NbOfTxs: digits,
    CtrlSum: digits,
    PmtTpInf: { CtgyPurp: { Cd: /^[A-Z]{4}$/ } },
    ReqdExctnDt: version === '001.03' ? day : { Dt: day },
    Dbtr: { Nm: text(140) },
    DbtrAcct: { Id: { Othr: { Id: text(34) } }, Ccy: /^VND$/ },
    DbtrAgt: agent,
    ChrgBr: /^DEBT$/,
    'CdtTrfTxInf+': creditTransfer,
  },
})

/** Reads an order file and refuses with 400 what the bank does not take: nothing of it is executed then. */
export const readOrderFile = (xml: string): OrderFileIn => {
  const { root, version } = parseTree(xml)
  const message = only(root, 'CstmrCdtTrfInitn')
  check(message, shapeOf(version), message.name)
  const rows = message.children.slice(1).flatMap(rowsOf)
  const header = only(message, 'GrpHdr')
  totalsAgree(header, rows, 'GrpHdr')
  const accounts = new Set(
    message.children.slice(1).map((part) => value(part, 'DbtrAcct/Id/Othr/Id')),
  )
  const [account = ''] = accounts
  if (accounts.size !== 1) throw refusal('one debtor account in a file', 'DbtrAcct')
  const ids = new Set(message.children.slice(1).map((part) => value(part, 'PmtInfId')))
  if (ids.size !== message.children.length - 1) throw refusal('PmtInfId is there twice', 'PmtInfId')
  if (new Set(rows.map((row) => row.reference)).size !== rows.length)
    throw refusal('EndToEndId is there twice', 'EndToEndId')
  const total = rows.reduce((sum, { amount }) => sum + amount, 0n)
  return { id: value(header, 'MsgId'), version, account, count: rows.length, total, rows }
}

const refusal = (message: string, field: string): HttpError => new HttpError(400, message, field)

const parseTree = (xml: string) => {
  if (xml.includes('<!')) throw refusal('no document type, comment or CDATA', 'Document')
  const parser = new SaxesParser({ xmlns: true })
  const above: Node[] = []
  let root: Node | undefined
  let found: string | undefined
  parser.on('error', (error) => {
    throw refusal(`not well-formed: ${error.message}`, 'Document')
  })
  parser.on('opentag', (tag) => {
    const node: Node = { name: tag.local, text: '', children: [] }
    above.at(-1)?.children.push(node)
    above.push(node)
    const version = namespace.exec(tag.uri)?.[1]
    found ??= version
    if (version === undefined || version !== found) throw refusal('namespace', tag.name)
    if (tag.local === 'InstdAmt' && tag.attributes['Ccy']?.value !== 'VND')
      throw refusal('Ccy must be VND', 'InstdAmt')
    root ??= node
  })
  parser.on('text', (piece) => {
    const node = above.at(-1)
    if (node) node.text += piece
  })
  parser.on('closetag', () => above.pop())
  parser.write(xml).close()
  if (root?.name !== 'Document') throw refusal('Document', 'Document')
  return { root, version: found === '001.03' ? ('001.03' as const) : ('001.09' as const) }
}

/** Every element where it belongs, in order, as often as it may be; every value as it must be. */
const check = (node: Node, shape: Shape, path: string): void => {
  if (shape instanceof RegExp) {
    if (node.children.length > 0 || !shape.test(node.text))
      throw refusal(`${path} must match ${String(shape)}`, node.name)
    if (shape === day && !isDate(node.text)) throw refusal(`${path} must be a date`, node.name)
    return
  }
  if (node.text.trim() !== '') throw refusal(`${path} has text of its own`, node.name)
  let at = 0
  for (const [key, inner] of Object.entries(shape)) {
    const name = key.replace(/[?+]$/, '')
    const begun = at
    while (node.children[at]?.name === name && (key.endsWith('+') || at === begun)) {
      check(node.children[at] ?? node, inner, `${path}/${name}`)
      at += 1
    }
    if (at === begun && !key.endsWith('?')) throw refusal(`${path}/${name} is missing`, name)
  }
  const extra = node.children[at]
  if (extra) throw refusal(`${path}/${extra.name} does not belong here`, extra.name)
}

const rowsOf = (part: Node): readonly FileRow[] => {
  const id = value(part, 'PmtInfId')
  const rows = part.children
    .filter(({ name }) => name === 'CdtTrfTxInf')
    .map((row) => ({
      reference: value(row, 'PmtId/EndToEndId'),
      amount: BigInt(value(row, 'Amt/InstdAmt')),
      bin: value(row, 'CdtrAgt/FinInstnId/ClrSysMmbId/MmbId'),
      name: value(row, 'Cdtr/Nm'),
      account: value(row, 'CdtrAcct/Id/Othr/Id'),
      text: value(row, 'RmtInf/Ustrd'),
      part: id,
    }))
  totalsAgree(part, rows, `PmtInf ${id}`)
  return rows
}

const totalsAgree = (node: Node, rows: readonly FileRow[], place: string): void => {
  const sum = rows.reduce((total, { amount }) => total + amount, 0n)
  if (value(node, 'NbOfTxs') !== String(rows.length)) throw refusal(`${place}: NbOfTxs`, 'NbOfTxs')
  if (value(node, 'CtrlSum') !== String(sum)) throw refusal(`${place}: CtrlSum`, 'CtrlSum')
}

const only = (node: Node, name: string): Node => {
  const child = node.children.find((one) => one.name === name)
  if (!child) throw refusal(`${node.name}/${name} is missing`, name)
  return child
}

const value = (node: Node, path: string): string => {
  let at: Node | undefined = node
  for (const name of path.split('/')) at = at?.children.find((child) => child.name === name)
  return at?.text ?? ''
}
