import { spawnSync } from 'node:child_process'
import { createHash, generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from '@jest/globals'
import { evidenceOf } from '../../src/documents/evidence.ts'
import type { EvidencePack } from '../../src/documents/evidence.ts'
import { ledger } from '../../src/ledger/ledger.ts'
import { signHead } from '../../src/ledger/signed-heads.ts'
import { addMonths } from '../../src/lib/time.ts'
import { act } from './act.ts'
import { refusalOf } from './outcome.ts'
import type { paidThroughBank } from './paid-bank.ts'
import { sealPosted } from './papers.ts'
import { august, fund, leader } from './town.ts'

type Paid = Pick<Awaited<ReturnType<typeof paidThroughBank>>, 'database' | 'reference'>

/** Seals what was paid, of which there is no pack before; who makes a pack of it, and by which keys. */
export async function evidenceScene({ database, reference }: Paid) {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const signingKey = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const pemOf = (key: typeof publicKey) => key.export({ type: 'spki', format: 'pem' }).toString()
  const signing = (head: Parameters<typeof signHead>[0]) => signHead(head, signingKey)
  const packOf = (of: string) =>
    database.report.transact(act, (tx) => evidenceOf(tx, act, { reference: of, signHead: signing }))
  expect(await packOf(reference).catch(refusalOf)).toBe('entry-unsealed')
  await sealPosted(database)
  // A second block of both chains: only what is below the last head needs the one before it.
  await database.app.transact(leader, (tx) => ledger.openPeriod(tx, leader, addMonths(august, 1)))
  await fund(database, '474.20210799', 1n)
  await sealPosted(database)
  const [trustedKey, otherKey] = [pemOf(publicKey), pemOf(generateKeyPairSync('ed25519').publicKey)]
  return { packOf, signingKey, trustedKey, otherKey }
}

/** A folder with the files of a pack and nothing else. */
export type PackFolder = ReturnType<typeof packFolder>

/** Lays a pack down in a new folder, and checks it there as an auditor would: with Node alone. */
export function packFolder(pack: EvidencePack) {
  const folder = mkdtempSync(join(tmpdir(), 'evidence-'))
  for (const [name, bytes] of pack) writeFileSync(join(folder, name), bytes)
  const run = (...args: readonly string[]) =>
    spawnSync(process.execPath, ['kiem-tra.mjs', ...args], {
      ...{ cwd: folder, env: {}, encoding: 'utf8' },
    })
  const read = (name: string) => readFileSync(join(folder, name), 'utf8')
  return {
    folder,
    run,
    read,
    /** The same as `run`, once: there is no folder afterwards. */
    check: (...args: readonly string[]) => {
      const { status, stdout, stderr } = run(...args)
      expect(stderr).toBe('')
      rmSync(folder, { recursive: true })
      return { status, faults: stdout.split('\n').filter((line) => line.startsWith('✗')), stdout }
    },
    /** Writes a file and the list of files anew, as somebody would who knows what the pack is made of. */
    forge: (name: string, text: string): void => {
      writeFileSync(join(folder, name), text)
      const files = JSON.parse(read('files.json')) as Record<string, string>
      files[name] = createHash('sha256').update(text).digest('hex')
      writeFileSync(join(folder, 'files.json'), JSON.stringify(files))
    },
    /** Leaves a file out, and out of the list of files. */
    drop: (name: string): void => {
      rmSync(join(folder, name))
      const files = JSON.parse(read('files.json')) as Record<string, string>
      const others = Object.entries(files).filter(([one]) => one !== name)
      writeFileSync(join(folder, 'files.json'), JSON.stringify(Object.fromEntries(others)))
    },
  }
}
