import js from '@eslint/js'
import { defineConfig, globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'

/** House rules as syntax that is refused; each names what to do instead. */
const enums = {
  selector: 'TSEnumDeclaration',
  message: 'No enum: a const object or a union of literals (erasableSyntaxOnly).',
}
const defaultExports = {
  selector: 'ExportDefaultDeclaration',
  message: 'No default export: export by name.',
}
const barrels = {
  selector: 'ExportAllDeclaration',
  message: "No barrels: import from the file that has it, or from the module's face.",
}
const nestedWrites = {
  selector:
    'Property[key.name="data"] ObjectExpression ObjectExpression > ' +
    'Property[key.name=/^(create|createMany|connect|connectOrCreate|upsert|update|updateMany)$/]',
  message: 'No nested Prisma write: it is a query per row. Write a set (law 5).',
}
const parallelMethods =
  '[callee.object.name="Promise"][callee.property.name=/^(all|allSettled|any|race)$/]'
const parallelInTransaction = [
  'CallExpression[callee.property.name=/^(transact|[$]transaction)$/]',
  'CallExpression[callee.name="transact"]',
].map((call) => ({
  selector: `${call} > :function CallExpression${parallelMethods}`,
  message: 'A transaction is one connection: await its queries one after the other.',
}))
const floats = {
  selector: 'Identifier[name="parseFloat"]',
  message: 'Money and rates are never floats: bigint, or decimal.js where a rate is involved.',
}
const environment = [
  'MemberExpression[object.name="process"][property.name="env"]',
  'MemberExpression[object.name="process"][property.value="env"]',
  'ImportDeclaration[source.value=/^(node:)?process$/] > ImportSpecifier[imported.name="env"]',
].map((selector) => ({
  selector,
  message: 'src/config.ts is the one reader of the environment: take the value as an argument.',
}))
const clock = [
  'NewExpression[callee.name="Date"][arguments.length=0]',
  'CallExpression[callee.name="Date"]',
  'MemberExpression[object.name="Date"][property.name="now"]',
].map((selector) => ({
  selector,
  message: 'src/lib/time.ts is the one reader of the clock: take the time as an argument.',
}))
const onlyTests = {
  selector: 'MemberExpression[object.name=/^(test|it|describe)$/][property.name="only"]',
  message: 'No `.only`: it silences every other test.',
}

const everywhere = [enums, barrels, nestedWrites, ...parallelInTransaction, floats]
const refuse = (...rules) => ({ 'no-restricted-syntax': ['error', ...everywhere, ...rules] })

const tests = ['test/**/*.ts']
const untyped = ['**/*.{js,cjs,mjs}']
const nodeGlobals = [
  'Buffer',
  'URL',
  'console',
  'fetch',
  'module',
  'performance',
  'process',
  'setTimeout',
]

export default defineConfig(
  globalIgnores(['src/generated/', 'dist/', 'coverage/', '.data/']),
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // Money is a branded bigint, which this rule does not see through.
      '@typescript-eslint/no-unsafe-unary-minus': 'off',
      // It would have us write `!`.
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
    },
  },
  {
    rules: {
      eqeqeq: 'error',
      'max-lines': ['error', { max: 200, skipBlankLines: true, skipComments: true }],
    },
  },
  // Data, one entry an item: a file as long as the chart and the templates are.
  {
    files: ['src/ledger/{chart,templates}.ts', 'scripts/mutants/catalogue.ts'],
    rules: { 'max-lines': 'off' },
  },
  {
    files: ['test/integration/{simulators,bank-faults}.test.ts'],
    rules: { 'max-lines': ['error', 400] },
  },
  {
    files: untyped,
    languageOptions: { globals: Object.fromEntries(nodeGlobals.map((name) => [name, false])) },
    rules: { 'no-unused-vars': ['error', { ignoreRestSiblings: true }] },
  },
  {
    files: ['src/**/*.ts', 'scripts/**/*.ts'],
    rules: {
      // Aim at 40; a statement in SQL counts as its lines (hard limit).
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
    },
  },
  // One list of refused syntax holds for a file, the last that matches: exceptions come last.
  { files: ['**/*.ts'], rules: refuse(defaultExports, ...environment) },
  { files: ['src/**/*.ts'], rules: refuse(defaultExports, ...environment, ...clock) },
  { files: ['src/lib/time.ts'], rules: refuse(defaultExports, ...environment) },
  { files: ['src/config.ts'], rules: refuse(defaultExports, ...clock) },
  // Tests set up the environment of the processes that they start.
  { files: tests, rules: refuse(defaultExports, onlyTests) },
  { files: ['*.config.ts', 'test/support/global-*.ts'], rules: refuse() },
  { files: ['src/**/*.ts'], ignores: ['src/main.ts'], rules: { 'no-console': 'error' } },
)
