import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openEngine, setUp } from '../../src/compose.ts'
import type { Engine } from '../../src/compose.ts'
import type { Config } from '../../src/config.ts'
import type { Act, PersonId } from '../../src/lib/act.ts'
import { openDatabase } from '../../src/lib/db.ts'
import { dropDatabase } from '../../src/lib/embedded-database.ts'
import { DomainError } from '../../src/lib/errors.ts'
import type { DemoOptions } from './options.ts'

/** Before there is anybody in the registry, the machine acts. */
export const NOBODY: Act = {
  actor: '00000000-0000-7000-8000-000000000000' as PersonId,
  via: 'demo',
  scope: 'province',
}

/** What the folder of a run says about it: the options it began with, and whether it came to its end. */
interface Manifest {
  readonly options: DemoOptions
  readonly done: boolean
}

/**
 * Opens the database of a run and brings it up to date: goes on with a run that was cut off, or makes a fresh start,
 * never over data that is not the demo's own. Takes the settings, the options and the folder of the run's books; throws
 * DomainError `demo-database` when the database holds something else.
 */
export async function prepareRun(
  run: { readonly config: Config; readonly options: DemoOptions; readonly folder: string },
  say: (line: string) => void,
): Promise<Engine> {
  const { config, options, folder } = run
  const before = await readManifest(folder)
  let engine = await openEngine(config, say)
  if (before?.done === false && JSON.stringify(before.options) === JSON.stringify(options)) {
    say('Chạy tiếp lần trước bị ngắt')
  } else {
    engine = await clear(engine, config, before !== undefined)
    await rm(folder, { recursive: true, force: true })
    await writeManifest(folder, { options, done: false })
  }
  await setUp(engine.urls)
  return engine
}

/** Notes that a run came to its end: the next one begins afresh. */
export async function finishRun(folder: string, options: DemoOptions): Promise<void> {
  await writeManifest(folder, { options, done: true })
}

/** Whether a run came to its end in this folder: one that was cut off has begun and is not there yet. */
export async function isFinished(folder: string): Promise<boolean> {
  return (await readManifest(folder))?.done === true
}

async function readManifest(folder: string): Promise<Manifest | undefined> {
  const path = join(folder, 'run.json')
  return existsSync(path) ? (JSON.parse(await readFile(path, 'utf8')) as Manifest) : undefined
}

async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'run.json.new'), JSON.stringify(manifest))
  await rename(join(folder, 'run.json.new'), join(folder, 'run.json'))
}

async function clear(engine: Engine, config: Config, ours: boolean): Promise<Engine> {
  const { embedded, urls } = engine
  if (!(await isUsed(urls))) return engine
  if (!ours || embedded === null) {
    throw new DomainError(
      'conflict',
      'demo-database',
      `Lược đồ ${urls.schema} đã có dữ liệu: hãy dùng cơ sở dữ liệu trống (DATABASE_SCHEMA, DATABASE_URL hoặc DATA_DIR khác)`,
    )
  }
  await dropDatabase(embedded, urls.schema)
  return openEngine(config)
}

async function isUsed({ owner: url, schema }: Engine['urls']): Promise<boolean> {
  const db = openDatabase({ url, schema, kind: 'batch', poolSize: 1 })
  try {
    const [row] = await db.transact(
      NOBODY,
      (tx) => tx.$queryRaw<{ used: boolean }[]>`
        select to_regclass('person') is not null as used`,
    )
    return row?.used ?? false
  } finally {
    await db.close()
  }
}
