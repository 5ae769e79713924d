import { BlockList, isIP } from 'node:net'

/** Where nobody outside can be: this machine, the link, what describes machines in clouds, groups, and nothing at all. */
const refused = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  refused.addSubnet(network, prefix, 'ipv4')
}
for (const [network, prefix] of [
  ['::', 127],
  ['fe80::', 10],
  ['ff00::', 8],
  ['fd00:ec2::', 32],
] as const) {
  refused.addSubnet(network, prefix, 'ipv6')
}

/** Whether an IP address is one that an outside target must not have (D3 row 12). IPv4 within IPv6 is looked at as IPv4. */
export function refusedAddress(address: string): boolean {
  const kind = isIP(address)
  if (kind === 0) return true
  return refused.check(address, kind === 4 ? 'ipv4' : 'ipv6')
}

/** Whether a host of an address in the settings is refused before it is looked up: literals, and names of this machine. */
export function refusedHost(hostname: string): boolean {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1')
  if (isIP(bare) !== 0) return refusedAddress(bare)
  return /(^|\.)localhost\.?$/i.test(hostname)
}
