import { isIPv4, isIPv6 } from 'node:net'

const BROWSERS = [
  ['Edg/', 'Edge'],
  ['OPR/', 'Opera'],
  ['CocCoc', 'Cốc Cốc'],
  ['Firefox/', 'Firefox'],
  ['Chrome/', 'Chrome'],
  ['Safari/', 'Safari'],
] as const
const SYSTEMS = [
  ['Android', 'Android'],
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Windows', 'Windows'],
  ['Mac OS X', 'macOS'],
  ['Linux', 'Linux'],
] as const

/** The kind of a browser by its User-Agent: enough to know one's own, too little to follow somebody by. */
export function maskedAgent(agent: string | undefined): string {
  const find = (words: readonly (readonly [string, string])[]) =>
    words.find(([word]) => agent?.includes(word) === true)?.[1]
  return [find(BROWSERS) ?? 'Trình duyệt khác', find(SYSTEMS)].filter(Boolean).join(' · ')
}

/** The network of an address: the last byte of IPv4, and all but the first 48 bits of IPv6, are left out. */
export function maskedAddress(address: string | undefined): string {
  const text = (address ?? '').replace(/^::ffff:/, '')
  if (isIPv4(text)) return text.replace(/\d+$/, 'x')
  if (!isIPv6(text)) return 'x'
  const [head = ''] = text.split('::', 1)
  const groups = head === '' ? [] : head.split(':')
  return `${groups.slice(0, 3).join(':')}::x`
}
