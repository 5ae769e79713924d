import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'

/** Where the sources may know a rail by its name: its own files, what is set up by configuration, words, and accounts of its kind. */
const MAY = [
  /^payouts\/channels\//,
  // The callbacks are the wallet's own, and its reasons are told from a bank's.
  ...[/^payouts\/callbacks\.ts$/, /^payouts\/failure-reasons\.ts$/],
  // An account is a bank's or a wallet's (registry), and is written so on lists.
  ...[
    /^registry\/(payees|accounts-store|account-changes-store)\.ts$/,
    /^api\/routes\/receivers\.ts$/,
  ],
  ...[
    /^payouts\/(list-lines|list-export-store|outcomes-store)\.ts$/,
    /^documents\/recon-words\.ts$/,
  ],
]

test('nothing else lists the channels: a new one is queued, swept, watched and stopped from the start', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  const others = files.filter(
    (file) =>
      file.endsWith('.ts') &&
      !file.startsWith('generated') &&
      readFileSync(join('src', file), 'utf8').includes(`'hue-s'`) &&
      !MAY.some((one) => one.test(file)),
  )
  expect(others).toEqual([])
})
