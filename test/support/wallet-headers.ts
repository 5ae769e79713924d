import { createHmac, randomUUID } from 'node:crypto'
import { walletKeys } from '../../scripts/simulators/wallet-signature.ts'

/** Signs a call to the wallet by hand: no code of the product, so that it cannot share its mistakes. */
export function walletHeaders(method: string, target: string, body: string) {
  const [id = '', secret = ''] = (walletKeys.calls.split(',')[0] ?? '').split(':')
  const stamp = String(Math.floor(Date.now() / 1000))
  const nonce = randomUUID()
  const text = [method, target, stamp, nonce, body].join('\n')
  const key = Buffer.from(secret, 'base64url')
  return {
    'x-hues-key': id,
    'x-hues-timestamp': stamp,
    'x-hues-nonce': nonce,
    'x-hues-signature': createHmac('sha256', key).update(text).digest('hex'),
  }
}
