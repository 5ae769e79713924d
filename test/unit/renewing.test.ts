import { expect, test } from '@jest/globals'
import { renewing } from '../../src/lib/renewing.ts'

/** A making that ends when it is told to. */
function workshop() {
  const pending: { end: (value: string) => void; fail: (error: Error) => void }[] = []
  const make = () =>
    new Promise<string>((resolve, reject) => pending.push({ end: resolve, fail: reject }))
  return { pending, make }
}

let now = 1_000
const clock = () => now

test('many who ask at once are answered by one making, and of what is fresh nothing is made', async () => {
  const { pending, make } = workshop()
  const get = renewing<string>(100, clock)
  const asked = [get('a', make), get('a', make), get('a', make)]
  expect(pending).toHaveLength(1)
  pending[0]?.end('one')
  expect(await Promise.all(asked)).toEqual(['one', 'one', 'one'])
  now += 99
  const again = get('a', make)
  expect(pending).toHaveLength(1)
  expect(await again).toBe('one')
})

test('while one makes it anew the others are given what there was, until it is five times as old', async () => {
  const { pending, make } = workshop()
  const get = renewing<string>(100, clock)
  const first = get('a', make)
  pending[0]?.end('one')
  await first
  now += 100
  const renewal = get('a', make)
  const meanwhile = get('a', make)
  expect(pending).toHaveLength(2)
  expect(await meanwhile).toBe('one')
  now += 400
  const late = get('a', make)
  pending[1]?.end('two')
  expect([await renewal, await late]).toEqual(['two', 'two'])
  expect(pending).toHaveLength(2)
})

test('a making that fails is told, and the next tries again; keys know nothing of each other', async () => {
  const { pending, make } = workshop()
  const get = renewing<string>(100, clock)
  const lost = get('a', make)
  const other = get('b', make)
  pending[0]?.fail(new Error('no answer'))
  pending[1]?.end('b')
  await expect(lost).rejects.toThrow('no answer')
  expect(await other).toBe('b')
  const again = get('a', make)
  pending[2]?.end('a')
  expect(await again).toBe('a')
})

test('without an age that counts as fresh each makes his own', async () => {
  const { pending, make } = workshop()
  const get = renewing<string>(0, clock)
  const asked = [get('a', make), get('a', make)]
  for (const one of pending) one.end('x')
  await Promise.all(asked)
  expect(pending).toHaveLength(2)
})
