import { expect } from '@jest/globals'
import type { TestApi, TestUser } from './api.ts'

/** What whoever confirms an act of two must name. */
export interface Asked {
  readonly proposal: string
  readonly contentHash: string
}

/** What came of a decision: the code of a refusal, or what the act answered. */
export interface Decided {
  readonly code: string | null
  readonly answer: unknown
}

/** Asks for acts of two and decides on them, over the interface. */
export function proposing(api: Pick<TestApi, 'call'>) {
  const ask = async (
    who: TestUser,
    path: string,
    body: object = {},
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Asked> => {
    const answer = await api.call(who, 'POST', path, { body, headers })
    expect(answer).toMatchObject({ status: 202, body: { proposal: expect.any(String) } })
    return answer.body as Asked
  }
  const decide = async (who: TestUser, act: string, asked: Asked): Promise<Decided> => {
    const { proposal, contentHash } = asked
    const path = `/proposals/${proposal}/${act}`
    const { status, body } = await api.call(who, 'POST', path, { body: { contentHash } })
    const { code = null, answer } = body as { readonly code?: string; readonly answer?: unknown }
    expect((status === 200) === (code === null)).toBe(true)
    return { code, answer }
  }
  const confirm = (who: TestUser, asked: Asked) => decide(who, 'confirmation', asked)
  /** The whole act: what it answered when two have said so. */
  const two = async (first: TestUser, second: TestUser, path: string, body: object = {}) => {
    const { code, answer } = await confirm(second, await ask(first, path, body))
    expect(code).toBeNull()
    return answer
  }
  return { ask, confirm, decide, two }
}
