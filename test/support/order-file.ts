/** Order files as another bank customer writes them: no code of the product, so that it cannot share its mistakes. */
export interface FileRow {
  readonly reference: string
  readonly amount: string
  readonly bin?: string
  readonly name?: string
  readonly account?: string
}

const agent = (id: string) =>
  `<FinInstnId><ClrSysMmbId><ClrSysId><Prtry>NAPAS</Prtry></ClrSysId><MmbId>${id}</MmbId></ClrSysMmbId></FinInstnId>`

/** A pain.001.001.03 with one part, paid from account 474. `change` spoils the text before it is sent. */
export function orderFile(
  id: string,
  rows: readonly FileRow[],
  change: (xml: string) => string = (xml) => xml,
): string {
  const sum = rows.reduce((total, { amount }) => total + BigInt(amount), 0n)
  const totals = `<NbOfTxs>${rows.length}</NbOfTxs><CtrlSum>${sum}</CtrlSum>`
  const row = ({
    reference,
    amount,
    bin = '970436',
    name = 'NGUYEN THI HOA MAU',
    account = '001',
  }: FileRow) =>
    `<CdtTrfTxInf><PmtId><InstrId>${reference}</InstrId><EndToEndId>${reference}</EndToEndId></PmtId>` +
    `<Amt><InstdAmt Ccy="VND">${amount}</InstdAmt></Amt><CdtrAgt>${agent(bin)}</CdtrAgt><Cdtr><Nm>${name}</Nm></Cdtr>` +
    `<CdtrAcct><Id><Othr><Id>${account}</Id></Othr></Id></CdtrAcct><Purp><Cd>SSBE</Cd></Purp>` +
    '<RmtInf><Ustrd>TCXH T8</Ustrd></RmtInf></CdtTrfTxInf>'
  return change(
    '<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"><CstmrCdtTrfInitn>' +
      `<GrpHdr><MsgId>${id}</MsgId><CreDtTm>2023-08-03T08:00:00Z</CreDtTm>${totals}<InitgPty><Nm>TP HUE</Nm></InitgPty></GrpHdr>` +
      `<PmtInf><PmtInfId>970436</PmtInfId><PmtMtd>TRF</PmtMtd><BtchBookg>false</BtchBookg>${totals}` +
      '<PmtTpInf><CtgyPurp><Cd>SSBE</Cd></CtgyPurp></PmtTpInf><ReqdExctnDt>2023-08-03</ReqdExctnDt><Dbtr><Nm>TP HUE</Nm></Dbtr>' +
      `<DbtrAcct><Id><Othr><Id>474</Id></Othr></Id><Ccy>VND</Ccy></DbtrAcct><DbtrAgt>${agent('970405')}</DbtrAgt><ChrgBr>DEBT</ChrgBr>` +
      `${rows.map(row).join('')}</PmtInf></CstmrCdtTrfInitn></Document>`,
  )
}
