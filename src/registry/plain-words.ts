import { DomainError } from '../lib/errors.ts'

/** Controls, marks of direction, blanks without width or narrow ones: what nobody sees, and no code point that is none. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\u202f]/u

/** What may stand in a datum of words, and what it is called when it does not. */
interface Words {
  readonly code: 'dossier-number' | 'village'
  readonly name: string
  readonly charactersMax: number
}

/** As the check of 0046_dossier_and_village: NFC, single blanks, nothing invisible, not too long. */
const readAs =
  ({ code, name, charactersMax }: Words) =>
  (text: string): string => {
    const words = text.normalize('NFC').trim().replace(/ +/g, ' ')
    const badWords = (why: string) => new DomainError('invalid', code, `${name} ${why}: sửa lại`)
    if (INVISIBLE.test(words)) throw badWords('có ký tự điều khiển không nhìn thấy')
    if (words === '') throw badWords('để trống')
    if (words.length > charactersMax) throw badWords(`dài quá ${String(charactersMax)} ký tự`)
    return words
  }

/** Mã hồ sơ of an enrolment (domain.md §6). Throws DomainError `dossier-number`. */
export const readDossierNumber = readAs({
  ...{ code: 'dossier-number', name: 'Mã hồ sơ', charactersMax: 40 },
})

/** Thôn, tổ dân phố of a residence (domain.md §6). Throws DomainError `village`. */
export const readVillage = readAs({
  ...{ code: 'village', name: 'Thôn, tổ dân phố', charactersMax: 100 },
})
