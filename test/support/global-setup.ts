import { startTestServer, stopTestServer } from './server.ts'
import { prepareTemplate } from './template.ts'

/** One real PostgreSQL for the whole run, with a template that each test file clones. */
export default async function globalSetup(): Promise<void> {
  try {
    await prepareTemplate(await startTestServer())
  } catch (error) {
    await stopTestServer()
    throw error
  }
}
