import { openNotes } from './happy-notes.ts'
import { buildPrograms, removePrograms } from './programs.ts'
import { startTestServer, stopTestServer } from './server.ts'
import { prepareTemplate } from './template.ts'

/** One real PostgreSQL for the whole run, with a template that each test file clones, and the programs that tests start. */
export default async function globalSetup(): Promise<void> {
  try {
    const programs = buildPrograms()
    await openNotes()
    await prepareTemplate(await startTestServer())
    await programs
  } catch (error) {
    await stopTestServer()
    await removePrograms()
    throw error
  }
}
