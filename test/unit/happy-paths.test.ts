import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from '@jest/globals'
import { routes } from '../../src/api/api.ts'
import { closeNotes, NOTES } from '../support/happy-notes.ts'

// The run itself fails when a route has no test of what it is for.

const before = process.env[NOTES]
afterEach(() => {
  process.env[NOTES] = before
})

const all = { testPathPatterns: { patterns: [] } }
const operations = routes.map(({ operation }) => operation)

/** Closes the notes of a run in which two processes had these operations answered. */
async function closing(happy: readonly string[], run: Parameters<typeof closeNotes>[0] = all) {
  const folder = await mkdtemp(join(tmpdir(), 'ansinh-happy-'))
  await writeFile(join(folder, '1'), happy.slice(0, 3).join('\n'))
  await writeFile(join(folder, '2'), happy.slice(3).join('\n'))
  process.env[NOTES] = folder
  await closeNotes(run)
}

test('a run of all tests that leaves one route out says which', async () => {
  await closing(operations)
  const [first = '', ...others] = operations
  await expect(closing(others)).rejects.toThrow(first)
})

test('whoever runs some tests is not told of the rest', async () => {
  await closing([], { testPathPatterns: { patterns: ['kernel'] } })
  await closing([], { ...all, testNamePattern: 'a list' })
})
