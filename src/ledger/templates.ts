import type { AccountCode } from './chart.ts'
import type { AccountRef, Posting, Subject } from './journal.ts'

/** Debit and credit code of a posting that a template allows. */
export type Pair = readonly [debit: AccountCode, credit: AccountCode]

interface Template<Vars> {
  /** Raised when the pairs change; entries keep the version they were posted under. */
  readonly version: number
  readonly docVi: string
  readonly docEn: string
  /** Every pair that a posting of this template may have: the database refuses all others. */
  readonly pairs: readonly Pair[]
  readonly build: (vars: Vars) => readonly Posting[]
}

interface Amount {
  /** In đồng, above zero. */
  readonly amount: bigint
}
interface OfUnit extends Amount {
  /** The paying unit: who draws the money at that date. */
  readonly unit: string
}
interface OfItem extends Amount {
  readonly entitlement: string
}
interface OfInstruction extends Amount {
  readonly list: string
  readonly instruction: string
}
interface OfBudget extends OfUnit {
  readonly programme: string
}

const at = (code: AccountCode, subject: Subject): AccountRef => ({ code, subject })
const pair = (debit: AccountRef, credit: AccountRef, amount: bigint): Posting => ({
  debit,
  credit,
  amount,
})
const template = <Vars>(definition: Template<Vars>): Template<Vars> => definition

const estimate = (unit: string) => at('008', `unit:${unit}`)
const contra = (unit: string) => at('008-CONTRA', `unit:${unit}`)
const treasury = (unit: string) => at('1120', `unit:${unit}`)
const free = (unit: string) => at('1121-FREE', `unit:${unit}`)
const held = (list: string) => at('1121-HELD', `list:${list}`)
const transit = (instruction: string) => at('1130-TRANSIT', `instruction:${instruction}`)
const service = (cashList: string) => at('1388-SVC', `cash-list:${cashList}`)
const recover = (person: string) => at('1388-RECOVER', `person:${person}`)
const drawn = (unit: string) => at('3371', `unit:${unit}`)
const owed = (entitlement: string) => at('3388-BEN', `entitlement:${entitlement}`)
const unpaid = (entitlement: string) => at('3388-UNPAID', `entitlement:${entitlement}`)
const toReturn = (unit: string) => at('3388-RETURN', `unit:${unit}`)
const feeOwed = (contract: string) => at('3388-FEE', `contract:${contract}`)
const debitLine = (line: string) => at('1388-SUSPENSE', `line:${line}`)
const creditLine = (line: string) => at('3388-SUSPENSE', `line:${line}`)
const funding = (programme: string) => at('511', `programme:${programme}`)
const benefits = (programme: string) => at('611-BEN', `programme:${programme}`)
const result = at('911', 'book:province')
const surplus = at('4211', 'book:province')
const opening = at('4211-OPENING', 'book:province')

/**
 * Every way in which money may move (printed in docs/accounts.md). A new one is one entry here, its walk in
 * test/unit/templates.test.ts, and nothing else: the database learns its pairs at set-up.
 */
export const templates = {
  'estimate-assigned': template({
    version: 1,
    docVi: 'Giao dự toán cho đơn vị chi trả',
    docEn: 'Estimate assigned to a paying unit',
    pairs: [['008', '008-CONTRA']],
    build: (v: OfUnit) => [pair(estimate(v.unit), contra(v.unit), v.amount)],
  }),
  'direct-order-received': template({
    version: 1,
    docVi: 'Nhận lệnh chi tiền thực chi (ghi đơn)',
    docEn: 'Direct payment order received (memo)',
    pairs: [['012', '012-CONTRA']],
    build: (v: OfUnit) => [
      pair(at('012', `unit:${v.unit}`), at('012-CONTRA', `unit:${v.unit}`), v.amount),
    ],
  }),
  'advance-order-received': template({
    version: 1,
    docVi: 'Nhận lệnh chi tiền tạm ứng (ghi đơn)',
    docEn: 'Advance payment order received (memo)',
    pairs: [['013', '013-CONTRA']],
    build: (v: OfUnit) => [
      pair(at('013', `unit:${v.unit}`), at('013-CONTRA', `unit:${v.unit}`), v.amount),
    ],
  }),
  draw: template({
    version: 1,
    docVi: 'Rút dự toán về tiền gửi Kho bạc',
    docEn: 'Estimate drawn to the Treasury deposit',
    pairs: [
      ['1120', '3371'],
      ['008-CONTRA', '008'],
    ],
    build: (v: OfUnit) => [
      pair(treasury(v.unit), drawn(v.unit), v.amount),
      pair(contra(v.unit), estimate(v.unit), v.amount),
    ],
  }),
  'move-to-bank': template({
    version: 1,
    docVi: 'Chuyển tiền từ Kho bạc sang tài khoản chi trả',
    docEn: 'Moved from the Treasury to the disbursement account',
    pairs: [['1121-FREE', '1120']],
    build: (v: OfUnit) => [pair(free(v.unit), treasury(v.unit), v.amount)],
  }),
  'move-to-treasury': template({
    version: 1,
    docVi: 'Chuyển tiền thừa về Kho bạc',
    docEn: 'Moved back to the Treasury',
    pairs: [['1120', '1121-FREE']],
    build: (v: OfUnit) => [pair(treasury(v.unit), free(v.unit), v.amount)],
  }),
  hold: template({
    version: 1,
    docVi: 'Giữ tiền cho danh sách đã duyệt',
    docEn: 'Held for an approved list (fails below the free sum)',
    pairs: [['1121-HELD', '1121-FREE']],
    build: (v: OfUnit & { readonly list: string }) => [pair(held(v.list), free(v.unit), v.amount)],
  }),
  release: template({
    version: 1,
    docVi: 'Nhả tiền đã giữ của danh sách',
    docEn: 'Hold of a list released',
    pairs: [['1121-FREE', '1121-HELD']],
    build: (v: OfUnit & { readonly list: string }) => [pair(free(v.unit), held(v.list), v.amount)],
  }),
  accrual: template({
    version: 1,
    docVi: 'Ghi nhận phải trả theo danh sách đã duyệt',
    docEn: 'Accrual of an approved list',
    pairs: [
      ['611-BEN', '3388-BEN'],
      ['3371', '511'],
    ],
    build: (v: {
      readonly unit: string
      readonly programme: string
      readonly items: readonly OfItem[]
    }) => [
      ...v.items.map((item) => pair(benefits(v.programme), owed(item.entitlement), item.amount)),
      pair(
        drawn(v.unit),
        funding(v.programme),
        v.items.reduce((sum, item) => sum + item.amount, 0n),
      ),
    ],
  }),
  'un-accrual': template({
    version: 1,
    docVi: 'Hủy ghi nhận (bị hủy, chết trước tháng hưởng)',
    docEn: 'Un-accrual (cancelled, died before the month)',
    pairs: [
      ['3388-BEN', '611-BEN'],
      ['511', '3371'],
    ],
    build: (v: OfBudget & OfItem) => [
      pair(owed(v.entitlement), benefits(v.programme), v.amount),
      pair(funding(v.programme), drawn(v.unit), v.amount),
    ],
  }),
  'unpaid-stopped': template({
    version: 1,
    docVi: 'Khoản tiền mặt chưa nhận bị dừng, không còn phải trả',
    docEn: 'Unpaid cash stopped: owed no more, its money was free already',
    pairs: [
      ['3388-UNPAID', '611-BEN'],
      ['511', '3371'],
    ],
    build: (v: OfBudget & OfItem) => [
      pair(unpaid(v.entitlement), benefits(v.programme), v.amount),
      pair(funding(v.programme), drawn(v.unit), v.amount),
    ],
  }),
  submit: template({
    version: 1,
    docVi: 'Gửi lệnh chi, tiền đang chuyển',
    docEn: 'Instruction sent: money in transit',
    pairs: [['1130-TRANSIT', '1121-HELD']],
    build: (v: OfInstruction) => [pair(transit(v.instruction), held(v.list), v.amount)],
  }),
  paid: template({
    version: 1,
    docVi: 'Đã chi (khớp sao kê)',
    docEn: 'Paid (matched to a statement line)',
    pairs: [
      ['3388-BEN', '1130-TRANSIT'],
      ['3388-UNPAID', '1130-TRANSIT'],
    ],
    build: (v: OfItem & { readonly instruction: string; readonly carried: boolean }) => [
      pair(
        v.carried ? unpaid(v.entitlement) : owed(v.entitlement),
        transit(v.instruction),
        v.amount,
      ),
    ],
  }),
  'not-executed': template({
    version: 1,
    docVi: 'Không thực hiện (bị từ chối, hoàn trước khi coi là đã chi)',
    docEn: 'Not executed (rejected, or refunded before it counted as paid)',
    pairs: [['1121-HELD', '1130-TRANSIT']],
    build: (v: OfInstruction) => [pair(held(v.list), transit(v.instruction), v.amount)],
  }),
  returned: template({
    version: 1,
    docVi: 'Bị hoàn trả sau khi đã chi',
    docEn: 'Returned after paid',
    pairs: [
      ['1121-HELD', '3388-BEN'],
      ['1121-HELD', '3388-UNPAID'],
    ],
    build: (v: OfItem & { readonly list: string; readonly carried: boolean }) => [
      pair(held(v.list), v.carried ? unpaid(v.entitlement) : owed(v.entitlement), v.amount),
    ],
  }),
  carried: template({
    version: 1,
    docVi: 'Chưa nhận, chuyển tháng sau',
    docEn: 'Carried to a later month',
    pairs: [
      ['3388-BEN', '3388-UNPAID'],
      ['1121-FREE', '1121-HELD'],
    ],
    build: (v: OfUnit & OfItem & { readonly list: string }) => [
      pair(owed(v.entitlement), unpaid(v.entitlement), v.amount),
      pair(free(v.unit), held(v.list), v.amount),
    ],
  }),
  'cash-handed-over': template({
    version: 1,
    docVi: 'Bàn giao danh sách tiền mặt cho tổ chức dịch vụ',
    docEn: 'Cash list handed over to the service organisation',
    pairs: [['1388-SVC', '1121-HELD']],
    build: (v: Amount & { readonly list: string; readonly cashList: string }) => [
      pair(service(v.cashList), held(v.list), v.amount),
    ],
  }),
  'cash-paid': template({
    version: 1,
    docVi: 'Đã phát tiền mặt theo báo cáo',
    docEn: 'Cash paid by report (rows of one list)',
    pairs: [['3388-BEN', '1388-SVC']],
    build: (v: { readonly cashList: string; readonly items: readonly OfItem[] }) =>
      v.items.map((item) => pair(owed(item.entitlement), service(v.cashList), item.amount)),
  }),
  'cash-unpaid': template({
    version: 1,
    docVi: 'Tiền mặt không phát được, chuyển tháng sau',
    docEn: 'Unpaid cash rows returned and carried',
    pairs: [
      ['3388-BEN', '3388-UNPAID'],
      ['1121-FREE', '1388-SVC'],
    ],
    build: (v: {
      readonly unit: string
      readonly cashList: string
      readonly items: readonly OfItem[]
    }) => [
      ...v.items.map((item) => pair(owed(item.entitlement), unpaid(item.entitlement), item.amount)),
      pair(
        free(v.unit),
        service(v.cashList),
        v.items.reduce((sum, item) => sum + item.amount, 0n),
      ),
    ],
  }),
  'cash-carried-over': template({
    version: 1,
    docVi: 'Khoản chưa nhận tháng trước, chi tiếp trong tháng này',
    docEn: 'Unpaid cash of earlier months taken over by a list (fails below the free sum)',
    pairs: [
      ['3388-UNPAID', '3388-BEN'],
      ['1121-HELD', '1121-FREE'],
    ],
    build: (v: {
      readonly unit: string
      readonly list: string
      readonly items: readonly OfItem[]
    }) => [
      ...v.items.map((item) => pair(unpaid(item.entitlement), owed(item.entitlement), item.amount)),
      pair(
        held(v.list),
        free(v.unit),
        v.items.reduce((sum, item) => sum + item.amount, 0n),
      ),
    ],
  }),
  overpaid: template({
    version: 1,
    docVi: 'Chi thừa phải thu hồi (sau khi chết …)',
    docEn: 'Overpaid, to recover (after death …)',
    pairs: [
      ['1388-RECOVER', '611-BEN'],
      ['511', '3388-RETURN'],
    ],
    build: (v: OfBudget & { readonly person: string }) => [
      pair(recover(v.person), benefits(v.programme), v.amount),
      pair(funding(v.programme), toReturn(v.unit), v.amount),
    ],
  }),
  recovered: template({
    version: 1,
    docVi: 'Đã thu hồi về tài khoản',
    docEn: 'Recovered into the account',
    pairs: [['1121-FREE', '1388-RECOVER']],
    build: (v: OfUnit & { readonly person: string }) => [
      pair(free(v.unit), recover(v.person), v.amount),
    ],
  }),
  offset: template({
    version: 1,
    docVi: 'Bù trừ vào khoản phải trả',
    docEn: 'Offset against what is owed',
    pairs: [['3388-BEN', '1388-RECOVER']],
    build: (v: OfItem & { readonly person: string }) => [
      pair(owed(v.entitlement), recover(v.person), v.amount),
    ],
  }),
  'sent-back': template({
    version: 1,
    docVi: 'Nộp trả ngân sách',
    docEn: 'Sent back to the budget',
    pairs: [
      ['1120', '1121-FREE'],
      ['3388-RETURN', '1120'],
    ],
    build: (v: OfUnit) => [
      pair(treasury(v.unit), free(v.unit), v.amount),
      pair(toReturn(v.unit), treasury(v.unit), v.amount),
    ],
  }),
  'wrong-person': template({
    version: 1,
    docVi: 'Chi nhầm người (người đúng lại được nợ)',
    docEn: 'Paid to the wrong person (the right one is owed again)',
    pairs: [['1388-RECOVER', '3388-BEN']],
    build: (v: OfItem & { readonly person: string }) => [
      pair(recover(v.person), owed(v.entitlement), v.amount),
    ],
  }),
  lapsed: template({
    version: 1,
    docVi: 'Hết hạn, không ai nhận',
    docEn: 'Lapsed, never claimed',
    pairs: [
      ['3388-UNPAID', '611-BEN'],
      ['511', '3388-RETURN'],
    ],
    build: (v: OfBudget & OfItem) => [
      pair(unpaid(v.entitlement), benefits(v.programme), v.amount),
      pair(funding(v.programme), toReturn(v.unit), v.amount),
    ],
  }),
  'unused-draw-returned': template({
    version: 1,
    docVi: 'Trả lại kinh phí rút thừa',
    docEn: 'Unused draw returned',
    pairs: [['3371', '1120']],
    build: (v: OfUnit) => [pair(drawn(v.unit), treasury(v.unit), v.amount)],
  }),
  'fee-accrued': template({
    version: 1,
    docVi: 'Ghi nhận phí dịch vụ',
    docEn: 'Service fee accrued',
    pairs: [
      ['611-FEE', '3388-FEE'],
      ['3371', '511'],
    ],
    build: (v: OfBudget & { readonly contract: string }) => [
      pair(at('611-FEE', `programme:${v.programme}`), feeOwed(v.contract), v.amount),
      pair(drawn(v.unit), funding(v.programme), v.amount),
    ],
  }),
  'fee-paid': template({
    version: 1,
    docVi: 'Thanh toán phí dịch vụ',
    docEn: 'Service fee paid',
    pairs: [['3388-FEE', '1121-FREE']],
    build: (v: OfUnit & { readonly contract: string }) => [
      pair(feeOwed(v.contract), free(v.unit), v.amount),
    ],
  }),
  'bank-fee': template({
    version: 1,
    docVi: 'Phí ngân hàng',
    docEn: 'Bank fee',
    pairs: [['611-BANK', '1121-FREE']],
    build: (v: OfBudget) => [
      pair(at('611-BANK', `programme:${v.programme}`), free(v.unit), v.amount),
    ],
  }),
  interest: template({
    version: 1,
    docVi: 'Lãi tiền gửi (thuộc ngân sách)',
    docEn: 'Interest (belongs to the budget)',
    pairs: [['1121-FREE', '3388-RETURN']],
    build: (v: OfUnit) => [pair(free(v.unit), toReturn(v.unit), v.amount)],
  }),
  'suspense-credit': template({
    version: 1,
    docVi: 'Ghi có chưa rõ nguyên nhân',
    docEn: 'Unexplained credit line',
    pairs: [['1121-FREE', '3388-SUSPENSE']],
    build: (v: OfUnit & { readonly line: string }) => [
      pair(free(v.unit), creditLine(v.line), v.amount),
    ],
  }),
  'suspense-credit-explained': template({
    version: 1,
    docVi: 'Giải trình ghi có (đi cùng bút toán đúng)',
    docEn: 'Credit line explained (posted with the explaining template)',
    pairs: [['3388-SUSPENSE', '1121-FREE']],
    build: (v: OfUnit & { readonly line: string }) => [
      pair(creditLine(v.line), free(v.unit), v.amount),
    ],
  }),
  'suspense-debit': template({
    version: 1,
    docVi: 'Ghi nợ chưa rõ nguyên nhân',
    docEn: 'Unexplained debit line',
    pairs: [['1388-SUSPENSE', '1121-FREE']],
    build: (v: OfUnit & { readonly line: string }) => [
      pair(debitLine(v.line), free(v.unit), v.amount),
    ],
  }),
  'suspense-debit-explained': template({
    version: 1,
    docVi: 'Giải trình ghi nợ (đi cùng bút toán đúng)',
    docEn: 'Debit line explained (posted with the explaining template)',
    pairs: [['1121-FREE', '1388-SUSPENSE']],
    build: (v: OfUnit & { readonly line: string }) => [
      pair(free(v.unit), debitLine(v.line), v.amount),
    ],
  }),
  'write-off': template({
    version: 1,
    docVi: 'Xóa nợ (hai người quyết định)',
    docEn: 'Write-off (two people)',
    pairs: [
      ['611-LOSS', '1388-SVC'],
      ['611-LOSS', '1388-RECOVER'],
      ['611-LOSS', '1388-SUSPENSE'],
    ],
    build: (
      v: Amount & {
        readonly programme: string
        readonly from:
          { readonly cashList: string } | { readonly person: string } | { readonly line: string }
      },
    ) => [
      pair(
        at('611-LOSS', `programme:${v.programme}`),
        'cashList' in v.from
          ? service(v.from.cashList)
          : 'person' in v.from
            ? recover(v.from.person)
            : debitLine(v.from.line),
        v.amount,
      ),
    ],
  }),
  'opening-asset': template({
    version: 1,
    docVi: 'Số dư đầu kỳ, tài sản',
    docEn: 'Opening balance of an asset',
    pairs: [
      ['1120', '4211-OPENING'],
      ['1121-FREE', '4211-OPENING'],
      ['1121-HELD', '4211-OPENING'],
      ['1130-TRANSIT', '4211-OPENING'],
      ['1388-SVC', '4211-OPENING'],
      ['1388-RECOVER', '4211-OPENING'],
      ['1388-SUSPENSE', '4211-OPENING'],
    ],
    build: (v: Amount & { readonly account: AccountRef }) => [pair(v.account, opening, v.amount)],
  }),
  'opening-liability': template({
    version: 1,
    docVi: 'Số dư đầu kỳ, phải trả',
    docEn: 'Opening balance of a liability',
    pairs: [
      ['4211-OPENING', '3371'],
      ['4211-OPENING', '3388-BEN'],
      ['4211-OPENING', '3388-UNPAID'],
      ['4211-OPENING', '3388-RETURN'],
      ['4211-OPENING', '3388-FEE'],
      ['4211-OPENING', '3388-SUSPENSE'],
      ['4211-OPENING', '4211'],
    ],
    build: (v: Amount & { readonly account: AccountRef }) => [pair(opening, v.account, v.amount)],
  }),
  'year-end-income': template({
    version: 1,
    docVi: 'Kết chuyển thu cuối năm',
    docEn: 'Year end: income to result',
    pairs: [['511', '911']],
    build: (v: Amount & { readonly programme: string }) => [
      pair(funding(v.programme), result, v.amount),
    ],
  }),
  'year-end-expense': template({
    version: 1,
    docVi: 'Kết chuyển chi cuối năm',
    docEn: 'Year end: expense to result',
    pairs: [
      ['911', '611-BEN'],
      ['911', '611-FEE'],
      ['911', '611-BANK'],
      ['911', '611-LOSS'],
    ],
    build: (
      v: Amount & {
        readonly programme: string
        readonly expense: '611-BEN' | '611-FEE' | '611-BANK' | '611-LOSS'
      },
    ) => [pair(result, at(v.expense, `programme:${v.programme}`), v.amount)],
  }),
  'year-end-surplus': template({
    version: 1,
    docVi: 'Kết chuyển thặng dư',
    docEn: 'Year end: surplus',
    pairs: [['911', '4211']],
    build: (v: Amount) => [pair(result, surplus, v.amount)],
  }),
  'year-end-deficit': template({
    version: 1,
    docVi: 'Kết chuyển thâm hụt',
    docEn: 'Year end: deficit',
    pairs: [['4211', '911']],
    build: (v: Amount) => [pair(surplus, result, v.amount)],
  }),
} as const

/** The name of a template that callers may post. */
export type TemplateName = keyof typeof templates

/** What a template needs to be filled in. */
export type TemplateVars<Name extends TemplateName> = Parameters<
  (typeof templates)[Name]['build']
>[0]

/** The reversal has no pairs of its own: the database exchanges the sides of the entry it reverses. */
export const reversalTemplate = {
  name: 'reversal',
  version: 1,
  docVi: 'Bút toán đảo: cùng số tiền, đổi bên Nợ và Có',
  docEn: 'Reversal: the same amounts with sides exchanged, once per entry',
} as const

/** Name, version, docs and pairs of every template, the reversal included: for set-up, printing and tests. */
export const templateLines = [
  ...Object.entries(templates).map(([name, { version, docVi, docEn, pairs }]) => ({
    name,
    version,
    docVi,
    docEn,
    pairs,
  })),
  { ...reversalTemplate, pairs: [] as readonly Pair[] },
]
