import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const pollMs = 40

/** Watches `outbox/` of a folder: each file is taken by renaming, given to `take`, and never looked at again. */
export const watchFolder = (folder: string, take: (xml: string) => Promise<void>): void => {
  const run = async (): Promise<void> => {
    for (const name of ['outbox', 'inbox', 'taken'])
      await mkdir(join(folder, name), { recursive: true })
    for (;;) {
      const names = (await readdir(join(folder, 'outbox'))).filter((name) =>
        /^[^.].*\.xml$/.test(name),
      )
      for (const name of names.toSorted()) {
        const taken = join(folder, 'taken', `${String(process.hrtime.bigint())}-${name}`)
        await rename(join(folder, 'outbox', name), taken)
        await take(await readFile(taken, 'utf8'))
      }
      await sleep(pollMs)
    }
  }
  // Not caught on purpose: a bank that cannot read its folder ends, and says why on stderr.
  void run()
}

/** Puts a status file into `inbox/`, whole or not at all. */
export const putStatusFile = async (folder: string, name: string, xml: string): Promise<void> => {
  const draft = join(folder, 'inbox', `.${name}.writing`)
  const file = await open(draft, 'w')
  await file.writeFile(xml)
  await file.sync()
  await file.close()
  await rename(draft, join(folder, 'inbox', `${name}.xml`))
}
