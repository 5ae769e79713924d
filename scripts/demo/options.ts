import { parseArgs } from 'node:util'
import { DomainError } from '../../src/lib/errors.ts'
import { month, monthOf, today } from '../../src/lib/time.ts'
import type { Month } from '../../src/lib/time.ts'

/** What the demo is asked to do. The default population is made to match the province's report of 2023. */
export interface DemoOptions {
  readonly cases: number
  readonly month: Month
  readonly seed: string
  readonly faults: 'none' | 'default' | 'heavy'
}

const CASES_MAX = 1_000_000
const FAULTS = ['none', 'default', 'heavy'] as const

/** Cases of the province's report of 2023. */
export const REPORT_CASES = 59_991
/** Cases paid through an account in that report. */
export const REPORT_PAID = 47_090
/** Communes that paid without cash in that report, of all. */
export const REPORT_COMMUNES = 137
const REPORT_SEED = 'hue-2023'

const HELP = `npm run demo -- [--cases N] [--month YYYY-MM] [--seed chữ] [--faults none|default|heavy]
  --cases   số trường hợp, 1 đến 1.000.000 (mặc định 59991)
  --month   tháng hưởng đã qua, từ 2021-07 (mặc định 2023-08)
  --seed    hạt giống: cùng hạt giống, cùng kết quả (mặc định ${REPORT_SEED})
  --faults  lỗi của ngân hàng và ví: none, default (1 % từ chối, 0,5 % không trả lời, 0,3 % hoàn trả) hoặc heavy`

/** Whether the population is the one made to match the province's report: another size or seed gives other figures. */
export function matchesReport({ cases, seed }: DemoOptions): boolean {
  return cases === REPORT_CASES && seed === REPORT_SEED
}

/** Reads the command line. Throws DomainError `demo-option` that names the option and what it may be. */
export function readOptions(args: string[]): DemoOptions {
  const values = parse(args)
  if (values.help) throw new DomainError('invalid', 'demo-help', HELP)
  const cases = /^[0-9]{1,7}$/.test(values.cases) ? Number(values.cases) : 0
  if (cases < 1 || cases > CASES_MAX)
    throw refuse('--cases', values.cases, 'một số nguyên từ 1 đến 1000000')
  const faults = FAULTS.find((level) => level === values.faults)
  if (faults === undefined) throw refuse('--faults', values.faults, FAULTS.join(', '))
  if (!/^[\w.-]{1,40}$/.test(values.seed))
    throw refuse('--seed', values.seed, '1 đến 40 chữ, số, dấu . _ -')
  if (!/^20[0-9]{2}-(0[1-9]|1[0-2])$/.test(values.month) || values.month < '2021-07') {
    throw refuse('--month', values.month, 'một tháng YYYY-MM từ 2021-07')
  }
  if (values.month >= monthOf(today()).slice(0, 7)) {
    throw refuse('--month', values.month, 'một tháng đã qua: sao kê chỉ có của ngày đã hết')
  }
  return { cases, month: month(values.month), seed: values.seed, faults }
}

function parse(args: string[]) {
  const text = { type: 'string' } as const
  try {
    return parseArgs({
      args,
      options: {
        cases: { ...text, default: String(REPORT_CASES) },
        month: { ...text, default: '2023-08' },
        seed: { ...text, default: REPORT_SEED },
        faults: { ...text, default: 'default' },
        help: { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    throw new DomainError(
      'invalid',
      'demo-option',
      `${error instanceof Error ? error.message : String(error)}\n${HELP}`,
    )
  }
}

function refuse(option: string, given: string, wanted: string): DomainError {
  return new DomainError('invalid', 'demo-option', `${option} ${given}: cần ${wanted}\n${HELP}`)
}
