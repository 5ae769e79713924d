import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@jest/globals'
import { routes } from '../../src/api/api.ts'
import type { RequestSeen } from '../../src/lib/metrics.ts'
import { NOTES } from './happy-notes.ts'

/** What is made from the declarations asks every route, and looks at no content. */
const GENERATED = /\/test\/(api\/(matrix|every-route|fuzz)|long\/)/

const ofTwo = routes.filter(({ twoPeople }) => twoPeople !== undefined)
const noted = new Set<string>()

/** Notes that an operation was answered as it should be; an act of two people is so only when it is carried out. */
export function noteAnswer({ operation, status, replayed }: RequestSeen): void {
  if (operation === 'none' || status >= 300 || replayed) return
  if (!ofTwo.some((one) => one.operation === operation)) note(operation)
}

/** Which act of two a proposal is, by where it was asked for. */
const proposed = new Map<string, string>()

/** Notes what was asked of two people, and that it was carried out. */
export function noteProposal(
  path: string,
  { status, body }: { readonly status: number; readonly body: unknown },
): void {
  const confirmed = /^\/proposals\/([^/]+)\/confirmation$/.exec(path)?.[1]
  const carriedOut = status === 200 && confirmed !== undefined && proposed.get(confirmed)
  if (typeof carriedOut === 'string') note(carriedOut)
  const { proposal } = (body ?? {}) as { readonly proposal?: string }
  if (status !== 202 || proposal === undefined) return
  const fits = (of: string) => new RegExp(`^${of.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path)
  const asked = ofTwo.find((one) => fits(one.path))
  if (asked !== undefined) proposed.set(proposal, asked.operation)
}

function note(operation: string): void {
  const folder = process.env[NOTES]
  const { testPath = '' } = expect.getState()
  if (folder === undefined || noted.has(operation) || GENERATED.test(testPath)) return
  noted.add(operation)
  appendFileSync(join(folder, String(process.pid)), `${operation}\n`)
}
