import { expect, test } from '@jest/globals'
import { refusedAddress } from '../../src/operations/outgoing-addresses.ts'
import { deliverOnce } from '../../src/operations/outgoing-client.ts'
import { outgoingTargetsOf } from '../../src/operations/outgoing-targets.ts'

// Where events go: settings alone, and nowhere that nobody outside can be (D3 row 12).

const settings = (more: object = {}) =>
  JSON.stringify([
    {
      ...{ name: 'kho-bac', url: 'https://kho-bac.example.vn/', kinds: ['period.closed'] },
      secret: Buffer.alloc(32, 5).toString('base64url'),
      ...more,
    },
  ])

test.each([
  ['http://kho-bac.example.vn/', 'https'],
  ['https://127.0.0.1/', 'không ai'],
  ['https://169.254.169.254/latest/meta-data', 'không ai'],
  ['https://[::1]/', 'không ai'],
  ['https://2130706433/', 'không ai'],
  ['https://[::ffff:169.254.169.254]/', 'không ai'],
  ['https://0.0.0.0/', 'không ai'],
  ['https://so.localhost/', 'không ai'],
  ['https://user:word@kho-bac.example.vn/', 'người dùng'],
  ['ftp://kho-bac.example.vn/', 'https'],
])('%s is refused in the settings', (url, why) => {
  expect(() => outgoingTargetsOf(settings({ url }))).toThrow(why)
})

test('a short secret, a name used twice and what is no JSON are refused', () => {
  expect(() => outgoingTargetsOf(settings({ secret: 'c2hvcnQ' }))).toThrow('32 byte')
  const twice = settings().replace(/]$/, `,${settings().slice(1)}`)
  expect(() => outgoingTargetsOf(twice)).toThrow('trùng')
  expect(() => outgoingTargetsOf('{')).toThrow('JSON')
  expect(outgoingTargetsOf(undefined)).toEqual([])
})

test('a name that leads to this machine is not connected to', async () => {
  const [rebound] = outgoingTargetsOf(settings())
  if (rebound === undefined) throw new Error('a target')
  const message = { id: 'evt_1', sentAt: 1, body: '{}' }
  for (const address of ['127.0.0.1', '169.254.169.254', '::1']) {
    const family = address.includes(':') ? 6 : 4
    const answer = await deliverOnce(rebound, message, () => Promise.resolve([{ address, family }]))
    expect(answer).toEqual({ status: null, error: 'REFUSED_ADDRESS' })
  }
  const outside = ['10.1.2.3', '103.1.2.3', '2001:ee0::1']
  expect(outside.map(refusedAddress)).toEqual([false, false, false])
})
