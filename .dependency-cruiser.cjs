/**
 * The direction of imports (docs/architecture.md). A new module is one line in `modules`;
 * test/unit/boundaries.test.ts plants a break of each rule and sees it reported.
 */

const lib = ['lib']
const records = [...lib, 'ledger', 'registry']
const outcomes = [...records, 'payouts', 'reconciliation']

/** Each module and what it may import besides itself. */
const modules = [
  moduleRules('lib', []),
  moduleRules('access', lib),
  moduleRules('ledger', lib),
  moduleRules('registry', lib),
  moduleRules('payouts', records),
  moduleRules('reconciliation', [...records, 'payouts']),
  moduleRules('documents', outcomes),
  moduleRules('operations', [...outcomes, 'documents', 'access']),
  moduleRules('api', [...outcomes, 'documents', 'operations', 'access']),
].flat()

/** Packages that belong to one place. */
const packages = [
  packageRule('express-in-api', 'express', '^(src/api|scripts/bench)/'),
  packageRule('queue-in-lib', 'bullmq|ioredis', '^src/(lib/(queue|redis)[^/]*|compose[^/]*)[.]ts$'),
  packageRule('metrics-in-lib', 'prom-client', '^src/lib/metrics[.]ts$'),
  packageRule('pg-in-lib', 'pg|pg-[^/]+', '^(src/lib|scripts)/'),
  packageRule('prisma-in-stores', '@prisma/[^/]+', '^src/(generated/|lib/db[^/]*|.+-store[.]ts$)'),
]

const places = [
  {
    name: 'client-in-stores',
    comment: 'The generated client is for the stores; the type of a transaction is in lib/db.',
    from: { path: '^(src|scripts)/', pathNot: '^src/(generated/|lib/db[^/]*$|.+-store[.]ts$)' },
    to: { path: '^src/generated/' },
  },
  {
    name: 'roots-on-top',
    comment:
      'Only programs and tests import compose and main; config is parsed once and passed on.',
    from: { path: '^src/', pathNot: '^src/(compose[^/]*|main)[.]ts$' },
    to: { path: '^src/[^/]+[.]ts$', dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'main-on-top',
    comment: 'main.ts is a program: it is run, not imported.',
    from: {},
    to: { path: '^src/main[.]ts$' },
  },
  {
    name: 'scripts-use-compose',
    comment:
      'A script goes through compose, config, lib and faces; jobs, channels, the auditor’s verify and the API’s document are its tools too.',
    from: { path: '^scripts/', pathNot: '^scripts/bench/' },
    to: {
      path: '^src/',
      pathNot:
        '^src/(compose[^/]*[.]ts$|config[.]ts$|lib/|([^/]+)/\\2[.]ts$|payouts/(jobs[.]ts$|channels/)|ledger/(chart|templates|verify)[.]ts$|api/openapi[.]ts$)',
      dependencyTypesNot: ['type-only'],
    },
  },
  {
    name: 'simulators-stand-alone',
    comment: 'A simulator that shared our code would share our mistakes.',
    from: { path: '^scripts/simulators/' },
    to: { path: '^(src|scripts|test)/', pathNot: '^scripts/simulators/' },
  },
  {
    name: 'src-stands-alone',
    comment: 'The product runs without its scripts and tests.',
    from: { path: '^src/' },
    to: { path: '^(scripts|test)/' },
  },
]

const hygiene = [
  {
    name: 'no-cycles',
    comment: 'Two files that need each other are one file, or three.',
    from: { pathNot: '^src/generated/' },
    to: { circular: true },
  },
  {
    name: 'no-orphans',
    comment: 'A file that is no program, and that nobody imports, is left over.',
    from: { orphan: true, path: '^src/', pathNot: '^src/(main[.]ts$|generated/)' },
    to: {},
  },
  {
    name: 'no-development-packages',
    comment: 'What src imports is a dependency in production.',
    from: { path: '^src/' },
    to: { dependencyTypes: ['npm-dev'], pathNot: '/@types/' },
  },
  {
    name: 'no-unresolvable',
    comment: 'An import that leads nowhere is a mistake of spelling.',
    from: {},
    to: { couldNotResolve: true },
  },
]

/** A module imports itself and what is allowed; from outside it is its face, and its types. */
function moduleRules(name, allowed) {
  const direction = {
    name: `${name}-direction`,
    comment: `${name} may import: ${allowed.join(', ') || 'nothing of ours'}.`,
    from: { path: `^src/${name}/` },
    to: { path: '^src/[^/]+/', pathNot: `^src/(${[name, ...allowed, 'generated'].join('|')})/` },
  }
  const face = {
    name: `${name}-face`,
    comment: `From outside, ${name} is ${name}.ts and types.`,
    from: { path: '^src/', pathNot: `^src/(${name}/|compose[^/]*[.]ts$|main[.]ts$)` },
    to: {
      path: `^src/${name}/`,
      pathNot: `^src/${name}/${name}[.]ts$`,
      dependencyTypesNot: ['type-only'],
    },
  }
  return name === 'lib' ? [direction] : [direction, face]
}

/** A package, or a family of them, may be imported from one place only; tests may import anything. */
function packageRule(name, packageNames, place) {
  return {
    name,
    comment: `${packageNames.replaceAll('|', ', ')} only in ${place}.`,
    from: { path: '^(src|scripts)/', pathNot: place },
    to: { path: `(^|node_modules/)(@types/)?(${packageNames})(/|$)` },
  }
}

const forbidden = [...modules, ...packages, ...places, ...hygiene]

module.exports = {
  forbidden: forbidden.map((rule) => ({ severity: 'error', ...rule })),
  options: {
    doNotFollow: { path: ['node_modules', '^src/generated/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
}
