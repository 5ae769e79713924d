import { describe, expect, test } from '@jest/globals'
import { readOptions } from '../../scripts/demo/options.ts'

const refused = (option: string) =>
  expect.objectContaining({
    name: 'DomainError',
    kind: 'invalid',
    code: 'demo-option',
    message: expect.stringContaining(option),
  })

describe('the options of the demo', () => {
  test('are the report of 2023 unless told otherwise', () => {
    expect(readOptions([])).toEqual({
      cases: 59_991,
      month: '2023-08-01',
      seed: 'hue-2023',
      faults: 'default',
    })
  })

  test('are what was said', () => {
    const args = ['--cases', '2000', '--month', '2024-07', '--seed', 'a.b_c-1', '--faults=heavy']
    const wanted = { cases: 2_000, month: '2024-07-01', seed: 'a.b_c-1', faults: 'heavy' }
    expect(readOptions(args)).toEqual(wanted)
  })

  test.each(['1', '141', '1000000'])('take %s cases', (cases) => {
    expect(readOptions(['--cases', cases]).cases).toBe(Number(cases))
  })

  test.each(['2021-07', '2023-12', '2025-01'])('take the month %s', (given) => {
    expect(readOptions(['--month', given]).month).toBe(`${given}-01`)
  })

  test.each([
    ['--cases', '0'],
    ['--cases', '-5'],
    ['--cases', '1.5'],
    ['--cases', '1e3'],
    ['--cases', '1000001'],
    ['--cases', '59.991'],
    ['--cases', 'abc'],
    ['--cases', ''],
    ['--month', '2023-13'],
    ['--month', '2023-8'],
    ['--month', '2023-08-01'],
    ['--month', '2021-06'],
    ['--month', '1999-12'],
    ['--month', '2099-01'],
    ['--month', 'tháng 8'],
    ['--seed', ''],
    ['--seed', 'hai chữ'],
    ['--seed', 'x'.repeat(41)],
    ['--seed', '../x'],
    ['--faults', 'some'],
    ['--faults', ''],
  ])('refuse %s %s, naming the option and what it may be', (option, value) => {
    const error = errorOf([`${option}=${value}`])
    expect(error).toEqual(refused(`${option} ${value}: cần `))
    expect(error).toEqual(refused('npm run demo -- [--cases N]'))
  })

  test.each([
    ['an unknown option', ['--case', '5'], '--case'],
    ['a word too many', ['2000'], '2000'],
    ['an option without its value', ['--cases'], '--cases'],
  ])('refuse %s with the help', (_, args, named) => {
    const error = errorOf(args)
    expect(error).toEqual(refused(named))
    expect(error).toEqual(refused('npm run demo -- [--cases N]'))
  })

  test('give the help when asked', () => {
    expect(() => readOptions(['--help'])).toThrow(
      expect.objectContaining({ code: 'demo-help', message: expect.stringContaining('--faults') }),
    )
  })
})

function errorOf(args: string[]): unknown {
  try {
    return readOptions(args)
  } catch (error) {
    return error
  }
}
