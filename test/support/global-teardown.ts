import { closeNotes } from './happy-notes.ts'
import type { JestRun } from './happy-notes.ts'
import { removePrograms } from './programs.ts'
import { stopTestServer } from './server.ts'

export default async function globalTeardown(run: JestRun): Promise<void> {
  await stopTestServer()
  await removePrograms()
  await closeNotes(run)
}
