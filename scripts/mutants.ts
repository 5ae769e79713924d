/**
 * Tries the tests: makes one named mistake after the other in a copy of the sources and runs the test that must notice.
 * Ends with 1 when a mistake survives, when a test fails for another reason than an assertion, and when a part names nothing.
 *
 *   npm run mutants [-- [--tests-passed] parts of names]
 * `--tests-passed`: all tests have just been seen to pass, so they are not run without a mistake first.
 */
import { runTests, type TestResult } from './mutants/jest.ts'
import { mutants } from './mutants/all.ts'
import type { Mutant } from './mutants/mutant.ts'
import { copyTree, type Tree } from './mutants/tree.ts'

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

/** Without a mistake every test passes: only then does a failure speak of the mistake. */
function allPass({ folder }: Tree, chosen: readonly Mutant[]): boolean {
  const files = [...new Set(chosen.map(({ test }) => test.file))]
  const names = chosen.map(({ test }) => `(${test.name})`).join('|')
  const result = runTests(folder, files, names)
  if (result.kind === 'passed') say(`✓ ${String(result.count)} tests pass without a mistake`)
  else say(`✗ without a mistake: ${result.kind === 'failed' ? result.test : result.why}`)
  return result.kind === 'passed'
}

/** An edit that fits nowhere any more says so, and the other mutants are tried all the same. */
function tried(run: () => TestResult): TestResult {
  try {
    return run()
  } catch (error) {
    return { kind: 'broken', why: error instanceof Error ? error.message : String(error) }
  }
}

function isCaught(tree: Tree, { name, edits, test }: Mutant): boolean {
  const begun = performance.now()
  const result = tried(() =>
    tree.mutated(edits, () => runTests(tree.folder, [test.file], test.name)),
  )
  const seconds = ((performance.now() - begun) / 1000).toFixed(0)
  if (result.kind === 'failed') say(`✓ caught   ${name} (${result.test}; ${seconds} s)`)
  else if (result.kind === 'passed') say(`✗ survived ${name} (${test.file}: ${test.name})`)
  else say(`✗ unclear  ${name}: ${result.why}`)
  return result.kind === 'failed'
}

const asked = process.argv.slice(2)
const wanted = asked.filter((part) => part !== '--tests-passed')
const chosen = mutants.filter(
  ({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)),
)
const unknown = wanted.filter((part) => !mutants.some(({ name }) => name.includes(part)))
if (unknown.length > 0) throw new Error(`no mistake is called ${unknown.join(', ')}`)
const tree = copyTree()
try {
  const passed = asked.includes('--tests-passed') || allPass(tree, chosen)
  const caught = passed ? chosen.filter((mutant) => isCaught(tree, mutant)) : []
  say(`${String(caught.length)} of ${String(chosen.length)} mutants caught`)
  process.exitCode = chosen.length > 0 && caught.length === chosen.length ? 0 : 1
} finally {
  tree.remove()
}
