import type { PersonId } from '../../src/lib/act.ts'
import { localDate } from '../../src/lib/time.ts'
import type { CommuneRow, NewPerson } from '../../src/registry/registry.ts'
import { randomOf } from './chance.ts'
import { ID_SERIES, idNumbers } from './id-numbers.ts'

const FAMILIES = [
  'Nguyễn',
  'Trần',
  'Lê',
  'Phạm',
  'Hoàng',
  'Phan',
  'Võ',
  'Đặng',
  'Bùi',
  'Hồ',
  'Ngô',
  'Tôn Thất',
  'Hà',
  'Cao',
]
const MIDDLES = {
  female: ['Thị', 'Thị Ngọc', 'Thị Thanh'],
  male: ['Văn', 'Đình', 'Quang', 'Hữu'],
} as const
const GIVEN = [
  'An',
  'Ánh',
  'Bình',
  'Châu',
  'Diệp',
  'Đức',
  'Giang',
  'Hạnh',
  'Hiếu',
  'Khánh',
  'Lan',
  'Liên',
  'Minh',
  'Mỹ',
  'Nga',
  'Phúc',
  'Sương',
  'Thảo',
  'Tuấn',
  'Vy',
  'Ý',
]
/** Everybody in the demo bears the last name «Mẫu» (sample): nobody can be taken for a real person. */
const LAST = 'Mẫu'
/** Officers of a commune, and of the province: who prepares, approves, releases, corrects, reconciles. */
export interface Staff {
  readonly preparers: ReadonlyMap<number, PersonId>
  readonly leaders: ReadonlyMap<number, PersonId>
  readonly welfareOfficer: PersonId
  readonly welfareHead: PersonId
  readonly treasurer: PersonId
  readonly accountant: PersonId
}
/**
 * A UUID that counts: number and kind. The number leads, as time does in a version 7: PostgreSQL's GiST tells UUIDs apart
 * by their first 53 bits, and an index of ids that agree in them is searched page by page.
 */
export const uuid = (kind: number, n: number) =>
  `${n.toString(16).padStart(8, '0')}-0000-7000-8000-${kind.toString(16).padStart(12, '0')}`
/** The same as the id of a person. */
export const personId = (kind: number, n: number) => uuid(kind, n) as PersonId
/** The officers of the demo, as people of the communes they work in, and the ids that each duty has. */
export function makeStaff(
  communes: readonly CommuneRow[],
  seed: string,
): { readonly staff: Staff; readonly people: readonly NewPerson[] } {
  const random = randomOf(seed, 'staff')
  const people: NewPerson[] = []
  const idNumber = idNumbers(ID_SERIES.staff)
  const hire = (communeId: number): PersonId => {
    const id = personId(1, people.length + 1)
    const born = { ...identity(random), birthDate: localDate('1983-01-01') }
    people.push({ id, communeId, ...born, idNumber: idNumber(born) })
    return id
  }
  const seat = communes[0]?.id ?? 0
  const staff = {
    welfareOfficer: hire(seat),
    welfareHead: hire(seat),
    treasurer: hire(seat),
    accountant: hire(seat),
    preparers: new Map(communes.map(({ id }) => [id, hire(id)])),
    leaders: new Map(communes.map(({ id }) => [id, hire(id)])),
  }
  return { staff, people }
}
/** The account that replaces one that failed: the same bank or wallet, a corrected number. */
export function correctedNumber(number: string): string {
  return number.startsWith('0900')
    ? number.replace(/^0900/, '0901')
    : number.startsWith('999')
      ? number.replace(/^999/, '998')
      : `${number.slice(0, 3)}${String((Number(number[3]) + 1) % 10)}${number.slice(4)}`
}
/** "Nguyễn Thị Ánh Mẫu" → "NGUYEN THI ANH MAU", as banks write an account's name. */
export function toAscii(name: string): string {
  return name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/đ/g, 'd')
    .replace(/Đ/g, 'D')
    .toUpperCase()
}
/** A name and a sex by chance; the name says that it is a sample. */
export function identity(random: () => number): Pick<NewPerson, 'fullName' | 'sex'> {
  const sex = random() < 0.55 ? 'female' : 'male'
  const pick = (from: readonly string[]) => from[Math.floor(random() * from.length)] ?? ''
  return { sex, fullName: `${pick(FAMILIES)} ${pick(MIDDLES[sex])} ${pick(GIVEN)} ${LAST}` }
}
