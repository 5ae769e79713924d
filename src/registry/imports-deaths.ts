import { monthOf } from '../lib/time.ts'
import type { LocalDate } from '../lib/time.ts'
import { readBy, readDay, readWords, badCell } from './imports-cells.ts'
import { proposeDeaths } from './imports-apply.ts'
import type { ReadyDeath } from './imports-apply.ts'
import type { Columns, NumberedRow } from './imports-columns.ts'
import { UNKNOWN_PERSON } from './imports-enrolments.ts'
import { defineKind } from './imports-kind.ts'
import type { Asked, Verdict } from './imports-kind.ts'
import { idNumberColumn } from './imports-people.ts'
import { monthlySum, ownEnrolments } from './imports-money.ts'
import { peopleByIdNumber, reportedDeaths } from './imports-store.ts'
import type { KnownPerson } from './imports-store.ts'
import { readLaw } from './law-store.ts'
import { foldText, readName } from './person-name.ts'

/** A death as an officer's file, or the civil-status feed, has it. */
export interface DeathRow {
  readonly idNumber: string
  readonly fullName: string
  readonly diedOn: LocalDate
  readonly certificateNumber: string
}

/** The columns of a file of deaths. */
export const deathColumns: Columns<DeathRow> = {
  idNumber: idNumberColumn,
  fullName: {
    ...{
      header: 'Họ và tên',
      aliases: ['Họ tên', 'Họ tên người chết', 'Họ và tên người mất'],
      required: true,
    },
    read: readBy((text) => readName(text).fullName),
    ...{ rule: 'Như trên trích lục khai tử.', example: 'Nguyễn Thị Ánh Mẫu' },
  },
  diedOn: {
    ...{ header: 'Ngày mất', aliases: ['Ngày chết', 'Ngày tử vong'], required: true },
    read: readDay,
    ...{ rule: 'Ngày/tháng/năm.', example: '12/08/2023' },
  },
  certificateNumber: {
    ...{
      header: 'Số trích lục',
      aliases: ['Số trích lục khai tử', 'Số giấy chứng tử', 'Số khai tử'],
      required: true,
    },
    read: (cell) => {
      const words = readWords(cell)
      if (words.length > 60) throw badCell('Số trích lục dài quá 60 ký tự.')
      return words
    },
    ...{ rule: 'Như trên trích lục khai tử.', example: '45/TLKT-BS' },
  },
}

/**
 * Deaths that a commune knows of. A row becomes a proposal that a second person confirms; the preview is what stops
 * being paid from the month after the death (Decree 20/2021 Art 8.2).
 */
export const deathsImport = defineKind<DeathRow, ReadyDeath>({
  name: 'deaths',
  title: 'Người đã mất (hộ tịch)',
  columns: deathColumns,
  key: ({ idNumber }) => idNumber,
  keyField: 'idNumber',
  hasMoney: true,
  judge,
  apply: proposeDeaths,
})

async function judge(
  { tx, vault, on }: Asked,
  rows: readonly NumberedRow<DeathRow>[],
): Promise<ReadonlyMap<number, Verdict<ReadyDeath>>> {
  const people = await peopleByIdNumber(
    tx,
    vault,
    rows.map(({ row }) => row.idNumber),
  )
  const ids = [...people.values()].map(({ id }) => id)
  const law = await readLaw(tx)
  const own = await ownEnrolments(tx, people.values())
  const reported = await reportedDeaths(tx, ids)
  return new Map(
    rows.map(({ number, row }) => {
      const person = people.get(row.idNumber)
      if (person === undefined) return [number, bad('idNumber', UNKNOWN_PERSON)]
      const reportedOn = reported.get(person.id) ?? person.diedOn
      const stopping = monthlySum(person, own.get(person.id) ?? [], monthOf(on), law)
      return [number, verdictOn(row, person, { on, stopping, reportedOn })]
    }),
  )
}

function verdictOn(
  row: DeathRow,
  person: KnownPerson,
  asOf: {
    readonly on: LocalDate
    /** What is owed in the month of that day, in đồng. */
    readonly stopping: bigint
    readonly reportedOn: LocalDate | null
  },
): Verdict<ReadyDeath> {
  if (foldText(person.fullName) !== foldText(row.fullName)) {
    return bad(
      'fullName',
      'Họ tên khác với người mang số định danh này trong hệ thống: xem lại số hoặc họ tên.',
    )
  }
  if (row.diedOn > asOf.on) return bad('diedOn', 'Ngày mất ở sau ngày nhập.')
  if (row.diedOn < person.birthDate) return bad('diedOn', 'Ngày mất ở trước ngày sinh.')
  if (asOf.reportedOn === row.diedOn) return { is: 'same' }
  if (asOf.reportedOn !== null) {
    return bad('diedOn', 'Hệ thống đã ghi, hoặc đang chờ xác nhận, người này mất vào ngày khác.')
  }
  const { id: personId, communeId } = person
  const { diedOn, certificateNumber, fullName } = row
  const ready = { personId, communeId, diedOn, certificateNumber, fullName }
  return { is: 'good', ready, communeId, change: -asOf.stopping }
}

const bad = (field: keyof DeathRow, message: string) => ({ is: 'bad', field, message }) as const
