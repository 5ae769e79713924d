import { join } from 'node:path'
import { z } from 'zod'
import { readCsv } from '../lib/csv.ts'
import { ACTIONS } from './actions.ts'

const code = z.string().regex(/^[a-z]+(-[a-z]+)*$/, 'must be lower-case words joined by -')
const act = z.string().regex(/^[a-z-]+\.[a-z-]+$/, 'must be an act of the audit trail')
const text = z.string().min(1, 'must not be empty')

const roleSchema = z.strictObject({
  code,
  nameVi: text,
  nameEn: text,
  scope: z.enum(['communes', 'province']),
  /** Sessions of whoever has it may lie idle half as long. */
  movesMoney: z.enum(['yes', 'no']).transform((cell) => cell === 'yes'),
})
const roleActionSchema = z.strictObject({
  role: code,
  action: z.enum(ACTIONS),
  assurance: z.enum(['1', '2']).transform(Number),
  fresh: z.enum(['yes', 'no']).transform((cell) => cell === 'yes'),
})
const incompatibleSchema = z.strictObject({ one: act, other: act, reasonVi: text, reasonEn: text })

/** Who may do what, and what one person may not do both. */
export interface Matrix {
  readonly roles: readonly z.output<typeof roleSchema>[]
  readonly roleActions: readonly z.output<typeof roleActionSchema>[]
  readonly incompatible: readonly z.output<typeof incompatibleSchema>[]
}

/**
 * Reads the matrix of roles. Takes the folder of roles.csv, role_actions.csv and incompatible_acts.csv; throws one
 * DomainError that names file, row and column of what is wrong.
 */
export function readMatrix(folder: string): Matrix {
  return {
    roles: readCsv(join(folder, 'roles.csv'), roleSchema),
    roleActions: readCsv(join(folder, 'role_actions.csv'), roleActionSchema),
    incompatible: readCsv(join(folder, 'incompatible_acts.csv'), incompatibleSchema),
  }
}
