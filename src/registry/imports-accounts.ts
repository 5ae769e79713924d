import { DomainError } from '../lib/errors.ts'
import { readAccountNumber } from './account-number.ts'
import { enterAccounts } from './imports-apply.ts'
import type { ReadyAccount } from './imports-apply.ts'
import { badCell, readCode, readDigits, readWords } from './imports-cells.ts'
import { matchNames } from './name-match.ts'
import type { NumberedRow } from './imports-columns.ts'
import { UNKNOWN_PERSON } from './imports-enrolments.ts'
import { defineKind } from './imports-kind.ts'
import type { Asked, Verdict } from './imports-kind.ts'
import { idNumberColumn } from './imports-people.ts'
import { accountIndex, banksByBin, currentAccounts, peopleByIdNumber } from './imports-store.ts'
import type { CurrentAccount, KnownPerson } from './imports-store.ts'

/** A payment account as a file has it. */
interface Row {
  readonly idNumber: string
  /** Null for a Hue-S wallet. */
  readonly bin: string | null
  readonly number: string
  readonly holderName: string
}

/** Accounts of people who have none yet. A change is not taken from a file: it needs a document for each person. */
export const accountsImport = defineKind<Row, ReadyAccount>({
  name: 'accounts',
  title: 'Tài khoản nhận tiền',
  columns: {
    idNumber: idNumberColumn,
    bin: {
      ...{
        header: 'Mã ngân hàng',
        aliases: ['BIN', 'Mã BIN', 'Mã ngân hàng BIN'],
        required: false,
      },
      read: readCode(/^[0-9]{6}$/, 'Mã ngân hàng (BIN) phải có 6 chữ số.'),
      ...{ rule: 'BIN 6 chữ số của ngân hàng; để trống nếu là ví Hue-S.', example: '970405' },
    },
    number: {
      ...{
        header: 'Số tài khoản',
        aliases: ['STK', 'Số TK', 'Số tài khoản hoặc ví', 'Số ví'],
        required: true,
      },
      read: readDigits((text) => text, { length: null }),
      ...{
        rule: 'Giữ cả số 0 ở đầu; định dạng cột là Văn bản (Text). Ví Hue-S: số điện thoại.',
        example: '0123456789',
      },
    },
    holderName: {
      ...{
        header: 'Chủ tài khoản',
        aliases: ['Tên chủ tài khoản', 'Tên tài khoản'],
        required: true,
      },
      read: (cell) => {
        const name = readWords(cell).toUpperCase()
        if (!/^[A-Z ]{2,70}$/.test(name))
          throw badCell('Tên chủ tài khoản: chữ in hoa không dấu, như ngân hàng ghi.')
        return name
      },
      ...{ rule: 'Chữ in hoa không dấu, như ngân hàng ghi.', example: 'NGUYEN THI ANH MAU' },
    },
  },
  key: ({ idNumber }) => idNumber,
  keyField: 'idNumber',
  hasMoney: false,
  judge,
  apply: enterAccounts,
})

const ANOTHER_ACCOUNT =
  'Người này đang có tài khoản khác: đổi bằng đề nghị đổi tài khoản (có giấy tờ, hai người duyệt), không qua tệp.'

/** Without the names: a message is shown where others may look on. */
const anotherName = (score: number) =>
  `Tên chủ tài khoản không phải tên người hưởng (giống ${String(score)}%): xem lại tên, hoặc nhập giấy tờ người nhận thay.`

async function judge(
  { tx, vault }: Asked,
  rows: readonly NumberedRow<Row>[],
): Promise<ReadonlyMap<number, Verdict<ReadyAccount>>> {
  const people = await peopleByIdNumber(
    tx,
    vault,
    rows.map(({ row }) => row.idNumber),
  )
  const accounts = await currentAccounts(
    tx,
    [...people.values()].map(({ id }) => id),
  )
  const current = new Map(accounts.map((account) => [account.personId, account]))
  const banks = await banksByBin(tx)
  return new Map(
    rows.map(({ number, row }) => {
      const person = people.get(row.idNumber)
      const bankCode = row.bin === null ? null : banks.get(row.bin)
      const own = person && current.get(person.id)
      const indexOf = (plain: string) =>
        accountIndex(vault, { bankCode: bankCode ?? null, number: plain })
      return [number, verdictOn(row, { person, bankCode, own, indexOf })]
    }),
  )
}

function verdictOn(
  row: Row,
  found: {
    readonly person: KnownPerson | undefined
    readonly bankCode: string | null | undefined
    readonly own: CurrentAccount | undefined
    readonly indexOf: (plain: string) => string
  },
): Verdict<ReadyAccount> {
  const { person, bankCode, own } = found
  if (person === undefined) return bad('idNumber', UNKNOWN_PERSON)
  if (person.diedOn !== null) return bad('idNumber', 'Người này đã mất: không đổi tài khoản.')
  if (bankCode === undefined) {
    return bad('bin', 'Không có ngân hàng nhận chuyển khoản mang mã (BIN) này.')
  }
  try {
    const number = readAccountNumber({ bankCode, number: row.number })
    if (own?.index === found.indexOf(number)) return { is: 'same' }
    const { id: personId, communeId } = person
    if (own !== undefined) return bad('number', ANOTHER_ACCOUNT)
    const { verdict, score } = matchNames(person.fullName, row.holderName)
    if (verdict === 'block') return bad('holderName', anotherName(score))
    const account = { bankCode, number, holderName: row.holderName }
    return { is: 'good', ready: { ...account, personId, communeId }, communeId, change: 0n }
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    return bad('number', error.message)
  }
}

const bad = (field: keyof Row, message: string) => ({ is: 'bad', field, message }) as const
