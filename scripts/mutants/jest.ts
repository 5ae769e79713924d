import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** What came of a run of some tests: green, red because an assertion failed, or something else, said in words. */
export type TestResult =
  | { readonly kind: 'passed'; readonly count: number }
  | { readonly kind: 'failed'; readonly test: string }
  | { readonly kind: 'broken'; readonly why: string }

interface Report {
  readonly numPassedTests: number
  readonly numRuntimeErrorTestSuites: number
  readonly testResults: readonly {
    readonly message: string
    readonly assertionResults: readonly {
      readonly status: string
      readonly fullName: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

/** For one file of tests: a mutant that loops for ever is not waited for longer. */
const FILE_MS_MAX = 180_000

/** Runs the tests of some files whose names fit a pattern, in a copy of the sources. */
export function runTests(folder: string, files: readonly string[], name: string): TestResult {
  const output = join(folder, 'mutants.json')
  rmSync(output, { force: true })
  const jest = join(folder, 'node_modules', 'jest', 'bin', 'jest.js')
  const flags = ['--runInBand', '--json', '--outputFile', output, '--testNamePattern', name]
  // The fault tests are left out of an ordinary run only.
  flags.push('--testPathIgnorePatterns', '/node_modules/')
  const node = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning']
  const { stderr } = spawnSync(
    process.execPath,
    [...node, jest, ...flags, '--runTestsByPath', ...files],
    {
      cwd: folder,
      encoding: 'utf8',
      timeout: FILE_MS_MAX * files.length,
      killSignal: 'SIGINT',
      maxBuffer: 2 ** 26,
    },
  )
  if (!existsSync(output)) return { kind: 'broken', why: stderr.slice(-2_000) }
  return resultOf(JSON.parse(readFileSync(output, 'utf8')) as Report)
}

function resultOf(report: Report): TestResult {
  if (report.numRuntimeErrorTestSuites > 0) {
    return { kind: 'broken', why: report.testResults.map(({ message }) => message).join('\n') }
  }
  const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults)
  const failed = tests.filter(({ status }) => status === 'failed')
  const [first] = failed
  if (first === undefined) {
    const count = report.numPassedTests
    return count > 0 ? { kind: 'passed', count } : { kind: 'broken', why: 'no test has that name' }
  }
  const asserted = failed.find(({ failureMessages }) => failureMessages.some(isAssertion))
  if (asserted === undefined) return { kind: 'broken', why: first.failureMessages.join('\n') }
  return { kind: 'failed', test: asserted.fullName }
}

/** Jest's own words, also where a property carries them as its cause: a test that timed out, or code that threw, has proven nothing. */
const isAssertion = (message: string): boolean =>
  /\bexpect\(/.test(message.split('\n    at ')[0] ?? '') ||
  /^\[cause\]: Error: expect\(/m.test(message)
