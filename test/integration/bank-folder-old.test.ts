import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { openFolder } from '../../src/payouts/channels/iso20022/folder.ts'

test('an order file whose claim grows old while it is written is never sent', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ansinh-folder-'))
  try {
    await mkdir(join(folder, 'outbox'))
    const deliver = (isFresh: () => boolean) =>
      openFolder(folder).deliver({ id: 'F2', count: 1, pieces: ['a file'], isFresh })
    expect(await deliver(() => false)).toEqual({ kind: 'refused' })
    expect(await readdir(join(folder, 'outbox'))).toEqual([])
    expect(await deliver(() => true)).toEqual({ kind: 'submitted' })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('an order file has surely not left, and is laid nowhere, while the folder’s disk is away', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ansinh-folder-'))
  try {
    const file = { id: 'F2', count: 1, pieces: ['a file'], isFresh: () => true }
    expect(await openFolder(folder).deliver(file)).toEqual({ kind: 'refused' })
    expect(await readdir(folder)).toEqual([])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
