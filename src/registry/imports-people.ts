import { DomainError } from '../lib/errors.ts'
import { ID_NUMBER } from './blind-fields.ts'
import type { LocalDate } from '../lib/time.ts'
import { readIdNumber, readOldIdNumber, readPhone } from './id-number.ts'
import { enterPeople } from './imports-apply.ts'
import type { ReadyPerson } from './imports-apply.ts'
import { badCell, readBirthDay, readBy, readChoice, readCode, readDigits } from './imports-cells.ts'
import type { BirthRead } from './imports-cells.ts'
import type { NumberedRow } from './imports-columns.ts'
import { defineKind } from './imports-kind.ts'
import type { Asked, Verdict } from './imports-kind.ts'
import { communesOn, idPlaces, peopleByIdNumber } from './imports-store.ts'
import type { KnownPerson } from './imports-store.ts'
import { takenIndexes } from './people-store.ts'
import { readName } from './person-name.ts'
import { readVillage } from './plain-words.ts'

/** A person as a file has him. */
interface Row {
  readonly idNumber: string
  readonly oldIdNumber: string | null
  readonly fullName: string
  readonly birth: BirthRead
  readonly sex: 'female' | 'male'
  readonly communeCode: string
  readonly phone: string | null
  readonly village: string | null
}

const SEXES: Readonly<Record<string, 'female' | 'male'>> = {
  nam: 'male',
  nữ: 'female',
  nu: 'female',
}

/** The column of the identity number, by which every kind of file names its person. */
export const idNumberColumn = {
  header: 'Số định danh',
  aliases: [
    'Số định danh cá nhân',
    'Số CCCD',
    'CCCD',
    'Căn cước công dân',
    'Số căn cước',
    'Mã định danh',
  ],
  required: true,
  read: readDigits(twelveDigits, { length: 12 }),
  rule: '12 chữ số, giữ cả số 0 ở đầu; định dạng cột là Văn bản (Text).',
  example: '046145000123',
}

/** The whole check needs the person (id-number.ts); here only that it can be one. */
function twelveDigits(text: string): string {
  const digits = text.replace(/[\s.-]/g, '')
  if (/^[0-9]{12}$/.test(digits)) return digits
  const nine = /^[0-9]{9}$/.test(digits) ? ' 9 số là chứng minh nhân dân cũ.' : ''
  throw badCell(`Số định danh phải có đúng 12 chữ số.${nine}`)
}

/** People of a commune, new to the registry. */
export const peopleImport = defineKind<Row, ReadyPerson>({
  name: 'people',
  title: 'Người hưởng',
  columns: {
    idNumber: idNumberColumn,
    oldIdNumber: {
      ...{
        header: 'Số CMND cũ',
        aliases: ['CMND', 'Số CMND', 'Chứng minh nhân dân'],
        required: false,
      },
      read: readDigits(readOldIdNumber, { length: 9 }),
      ...{ rule: '9 chữ số; để trống nếu không có.', example: '191234567' },
    },
    fullName: {
      ...{
        header: 'Họ và tên',
        aliases: ['Họ tên', 'Tên', 'Họ và tên người hưởng'],
        required: true,
      },
      read: readBy((text) => readName(text).fullName),
      ...{ rule: 'Có dấu, như trên căn cước.', example: 'Nguyễn Thị Ánh Mẫu' },
    },
    birth: {
      ...{
        header: 'Ngày sinh',
        aliases: ['Ngày tháng năm sinh', 'Sinh ngày', 'Năm sinh'],
        required: true,
      },
      read: readBirthDay,
      ...{ rule: 'Ngày/tháng/năm; chỉ biết năm thì ghi năm.', example: '05/08/1945' },
    },
    sex: {
      ...{ header: 'Giới tính', aliases: ['Nam/Nữ', 'Phái'], required: true },
      read: readChoice(SEXES, 'Nam hoặc Nữ'),
      ...{ rule: 'Nam hoặc Nữ.', example: 'Nữ' },
    },
    communeCode: {
      ...{
        header: 'Mã xã',
        aliases: ['Mã đơn vị hành chính', 'Mã phường xã', 'Mã xã phường'],
        required: true,
      },
      read: readCode(/^[0-9]{5}$/, 'Mã xã phải có 5 chữ số theo danh mục của Tổng cục Thống kê.'),
      ...{ rule: '5 chữ số theo danh mục đơn vị hành chính.', example: '19750' },
    },
    phone: {
      ...{ header: 'Số điện thoại', aliases: ['Điện thoại', 'SĐT', 'Di động'], required: false },
      read: readDigits(readPhone, { length: 10 }),
      ...{ rule: '10 chữ số bắt đầu bằng 0; để trống nếu không có.', example: '0905000123' },
    },
    village: {
      ...{
        header: 'Thôn, tổ dân phố',
        aliases: ['Thôn', 'Tổ dân phố', 'Thôn/Tổ dân phố', 'Địa chỉ/Thôn', 'Địa chỉ'],
        required: false,
      },
      read: readBy(readVillage),
      ...{ rule: 'Nơi ở trong xã; để trống nếu chưa rõ.', example: 'Thôn Hạ' },
    },
  },
  key: ({ idNumber }) => idNumber,
  keyField: 'idNumber',
  hasMoney: false,
  judge,
  apply: enterPeople,
})

async function judge(
  { tx, vault, on }: Asked,
  rows: readonly NumberedRow<Row>[],
): Promise<ReadonlyMap<number, Verdict<ReadyPerson>>> {
  const known = await peopleByIdNumber(
    tx,
    vault,
    rows.map(({ row }) => row.idNumber),
  )
  const indexed = rows.map((one) => ({ ...one, index: vault.index(ID_NUMBER, one.row.idNumber) }))
  const taken = new Set(
    await takenIndexes(
      tx,
      indexed.map(({ index }) => index),
    ),
  )
  const asOf = { on, communes: await communesOn(tx, on), places: await idPlaces(tx) }
  return new Map(
    indexed.map(({ number, row, index }) => {
      const isTaken = taken.has(index.toString('hex'))
      return [number, verdictOn(row, known.get(row.idNumber), { ...asOf, isTaken })]
    }),
  )
}

function verdictOn(
  row: Row,
  known: KnownPerson | undefined,
  asOf: {
    readonly on: LocalDate
    readonly communes: ReadonlyMap<string, number>
    readonly places: ReadonlySet<string>
    /** Whether somebody has the number, in whatever commune. */
    readonly isTaken: boolean
  },
): Verdict<ReadyPerson> {
  const { idNumber, oldIdNumber, fullName, birth, sex, phone, village } = row
  const { date: birthDate, yearOnly: birthYearOnly } = birth
  if (birthDate > asOf.on) return bad('birth', 'Ngày sinh ở sau ngày nhập.')
  try {
    readIdNumber(idNumber, { sex, birthDate }, asOf.places)
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    return bad('idNumber', error.message)
  }
  if (known !== undefined) {
    const same = known.fullName === fullName && bornThen(known, birth) && known.sex === sex
    return same
      ? { is: 'same' }
      : bad('idNumber', 'Số này đã có trong hệ thống với họ tên, ngày sinh hoặc giới tính khác.')
  }
  if (asOf.isTaken) {
    return bad('idNumber', 'Số này đã có ở xã khác: đề nghị chuyển hồ sơ, không nhập mới.')
  }
  const communeId = asOf.communes.get(row.communeCode)
  if (communeId === undefined) {
    return bad('communeCode', 'Mã xã không có hiệu lực vào ngày nhập (mã có thể đã sáp nhập).')
  }
  const born = { birthDate, birthYearOnly }
  const ready = { idNumber, oldIdNumber, fullName, ...born, sex, phone, village, communeId }
  return { is: 'good', ready, communeId, change: 0n }
}

const bornThen = ({ birthDate }: KnownPerson, { date, yearOnly }: BirthRead): boolean =>
  yearOnly ? birthDate.slice(0, 4) === date.slice(0, 4) : birthDate === date

const bad = (field: keyof Row, message: string) => ({ is: 'bad', field, message }) as const
