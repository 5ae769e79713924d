import { invariant } from '../../src/lib/errors.ts'
import { openDesk, residentOf } from './desk.ts'

export interface WithId {
  readonly id: string
}
export interface Items<T = WithId> {
  readonly items: readonly T[]
}
export type RegistryDesk = Awaited<ReturnType<typeof openRegistryDesk>>

export const nobody = { forCitizen: null }
export const decision = (number: string) => ({
  decision: { number: `${number}/QĐ`, date: '2023-08-01' },
})
export const account = (number: string) => ({
  ...{ bankCode: '970405', number, holderName: 'TRAN VAN MAU' },
})

/** Two communes and the desks of their officers: what is done about people there takes officer and leader. */
export async function openRegistryDesk() {
  const desk = await openDesk([{ bank: 4, cash: 4 }, { bank: 1 }])
  const [one, other] = desk.communes
  invariant(one && other, 'two communes')
  const [here, next] = [one.id, other.id]
  const officer = () => desk.user('commune-officer')
  const leader = () => desk.user('commune-leader')
  /** An act of two about people: officer and leader. */
  const two = async <T>(path: string, body: object): Promise<T> =>
    (await desk.two(officer(), leader(), path, { ...nobody, ...body })) as T
  /** Enters somebody by two people; returns the address. */
  const person = async (at: number): Promise<string> => {
    const { id } = await two<WithId>('/people', {
      ...{ communeId: here, fullName: 'Trần Văn Mẫu', sex: 'male', birthDate: '1940-02-03' },
      ...{ idNumber: `0460400001${String(at).padStart(2, '0')}`, phone: null },
    })
    return `/people/${id}`
  }
  const resident = (n: number) => residentOf(here, n)
  return { desk, here, next, officer, leader, two, person, resident }
}
