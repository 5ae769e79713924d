/**
 * The issuer of identities, played: an OpenID provider in which one chooses among demo people instead of proving who one
 * is. Only this machine reaches it. It ends when its standard input does.
 */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import type { IssuerSettings } from './accounts.ts'
import { createDoor } from './door.ts'
import { createProvider } from './provider.ts'

const lines = createInterface(process.stdin)
const [line] = (await once(lines, 'line')) as [string]
lines.once('close', () => process.exit(0))
// Ctrl-C tells the whole group: whoever launched us ends us when it is done.
process.on('SIGINT', () => undefined)
const settings = JSON.parse(line) as IssuerSettings

const server = createServer()
server.listen(settings.port, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address() as AddressInfo
const issuer = `http://127.0.0.1:${String(port)}`
const accounts = new Map(settings.accounts.map((account) => [account.subject, account]))
const state = { accounts, nonce: randomBytes(16).toString('base64url') }
const provider = createProvider(issuer, settings, state)
server.on('request', createDoor({ provider, issuer, settings, state }))
process.stdout.write(`listening ${String(port)}\n`)
