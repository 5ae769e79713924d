import { createHash } from 'node:crypto'
import type { PackFolder } from './evidence-folder.ts'

const hash = (kind: number, text: string) =>
  createHash('sha256').update(Buffer.of(kind)).update(text).digest('hex')

/** Blocks of one text each, as somebody makes them who has no journal: every hash is right. `more` stands before the head before. */
function blocksOf<One extends { readonly text: string }>(
  all: readonly One[],
  { format, from, more }: { format: string; from: number; more: readonly string[] },
) {
  let head = ''
  const heads = all.map(({ text }, at) => {
    const place = [from + at, 1, at + 1, 0, 0]
    const written = [format, ...place, hash(0, text), ...more, head].join('|')
    head = hash(2, written)
    return written
  })
  const proven = all.map((one, at) => ({ ...one, block: from + at, index: 0, size: 1, path: [] }))
  return { heads, proven, last: { head, block: from + all.length - 1 } }
}

interface Proof {
  readonly heads: readonly string[]
  readonly head: object
}

/**
 * Makes a chain of a pack anew, with another story in it, and leaves its signed head out. The pack agrees with itself. `format` is
 * what the heads call themselves.
 */
export const chainForgeries = {
  /** All acts at another time, in a trail that names the true journal. */
  trail: ({ read, forge, drop }: PackFolder, format = 'audit-head.v1') => {
    const trail = JSON.parse(read('trail.json')) as Proof & {
      readonly events: readonly { readonly text: string }[]
    }
    const acts = JSON.parse(read('timeline.json')) as { readonly at: string }[]
    const older = (at: string) => at.replace(/^\d{4}/, '1999')
    const told = trail.events.map((one, at) => {
      const when = acts[at]?.at ?? ''
      return { ...one, text: one.text.replace(when, older(when)) }
    })
    const journal = trail.heads.at(-1)?.split('|').at(-2) ?? ''
    const made = blocksOf(told, { format, from: 1, more: [journal] })
    const head = { ...trail.head, ...made.last, totalEvents: told.length }
    forge('trail.json', JSON.stringify({ ...trail, events: made.proven, heads: made.heads, head }))
    forge('timeline.json', JSON.stringify(acts.map((one) => ({ ...one, at: older(one.at) }))))
    drop('audit-head.json')
  },
  /** All entries posted by somebody else, in blocks that the true trail does not name. */
  journal: ({ read, forge, drop }: PackFolder, format = 'head.v1') => {
    const proof = JSON.parse(read('proof.json')) as Proof & {
      readonly entries: readonly { readonly text: string }[]
    }
    const told = proof.entries.map((one) => ({
      ...one,
      text: one.text.replace(/(Z\|)[0-9a-f]{8}/, '$1ffffffff'),
    }))
    const made = blocksOf(told, { format, from: 1_000, more: [] })
    const head = { ...proof.head, ...made.last, totalEntries: told.length }
    forge('proof.json', JSON.stringify({ ...proof, entries: made.proven, heads: made.heads, head }))
    drop('head.json')
  },
} as const
