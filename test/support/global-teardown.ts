import { removePrograms } from './programs.ts'
import { stopTestServer } from './server.ts'

export default async function globalTeardown(): Promise<void> {
  await stopTestServer()
  await removePrograms()
}
