import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { foldName, matchNames } from '../../src/registry/name-match.ts'

/** Our name | the account's holder | verdict | score | reasons. */
const CASES = `
Nguyễn Thị Ánh Mẫu      | NGUYEN THI ANH MAU       | match | 100 |
Đặng Đình Đức Mẫu       | DANG DINH DUC MAU        | match | 100 |
đặng đình đức mẫu       | Dang Dinh Duc Mau        | match | 100 |
Nguyễn  Thị   Ánh Mẫu   | NGUYEN THI ANH MAU       | match | 100 |
Nguyễn Thị Ánh Mẫu      | NGUYEN-THI ANH, MAU.     | match | 100 |
Hoà Mẫu                 | Hòa Mẫu                  | match | 100 |
Ksor H'Lan Mẫu          | KSOR HLAN MAU            | match | 100 |
Tôn Nữ Thị Ưu Mẫu       | TON NU THI UU MAU        | match | 100 |
Nguyễn Thị Mỹ Mẫu       | NGUYEN THI MI MAU        | warn  | 90  | khác nhau i và y
Lê Thị Lý Mẫu           | LE THI LI MAU            | warn  | 90  | khác nhau i và y
Trần Thị Thúy Mẫu       | TRAN THI THUI MAU        | warn  | 90  | khác nhau i và y
Ánh Nguyễn Thị Mẫu      | NGUYEN THI ANH MAU       | warn  | 80  | cùng các chữ nhưng khác thứ tự
Mỹ Nguyễn Thị Mẫu       | NGUYEN THI MI MAU        | warn  | 70  | khác nhau i và y; cùng các chữ nhưng khác thứ tự
Tôn Thất Ý Mẫu          | TONTHAT Y MAU            | warn  | 90  | khác nhau cách viết liền, viết rời
Hồ Quý Ly Mẫu           | HO QUI LI MAU            | warn  | 90  | khác nhau i và y
Hồ Quý Ly Mẫu           | HO QUILI MAU             | warn  | 80  | khác nhau i và y; khác nhau cách viết liền, viết rời
Nguyễn Thị Ánh Mẫu      | NGUYEN THI ANH           | block | 77  | tài khoản thiếu: MAU
Nguyễn Ánh Mẫu          | NGUYEN THI ANH MAU       | block | 77  | tài khoản thừa: THI
Nguyễn Thị Anh Mẫu      | NGUYEN THI ANG MAU       | block | 79  | tài khoản thiếu: ANH; tài khoản thừa: ANG
Nguyễn Thị Ánh Mẫu      | TRAN VAN BINH MAU        | block | 44  | tài khoản thiếu: NGUYEN, THI, ANH; tài khoản thừa: TRAN, VAN, BINH
An An Mẫu               | AN MAU                   | block | 66  | số lần lặp lại của một chữ khác nhau
Nguyễn Thị Ánh Mẫu      | .                        | block | 0   | thiếu tên để so sánh
`
  .trim()
  .split('\n')
  .map((line) => {
    const [ours = '', theirs = '', verdict = '', score = '', reasons = ''] = line
      .split('|')
      .map((cell) => cell.trim())
    return [ours, theirs, verdict, score, reasons] as const
  })

test.each(CASES)('%s and %s: %s, %s %s', (ours, theirs, verdict, score, reasons) => {
  const wanted = {
    verdict,
    score: Number(score),
    reasons: reasons === '' ? [] : reasons.split('; '),
  }
  expect(matchNames(ours, theirs)).toEqual(wanted)
  expect(matchNames(ours.normalize('NFD'), theirs)).toEqual(wanted)
})

describe('whatever the names', () => {
  const word = fc.constantFrom('Nguyễn', 'Thị', 'Ánh', 'Mỹ', 'Mĩ', 'Đức', 'Lan', 'Mẫu')
  const name = fc.array(word, { minLength: 1, maxLength: 5 }).map((words) => words.join(' '))

  test('a name is itself, folded or not; both sides say the same verdict and score', () => {
    fc.assert(
      fc.property(name, name, (one, other) => {
        expect(matchNames(one, foldName(one)).verdict).toBe('match')
        const [there, back] = [matchNames(one, other), matchNames(other, one)]
        expect([back.verdict, back.score]).toEqual([there.verdict, there.score])
      }),
    )
  })

  test('only equal names match, a verdict agrees with its score, and it says why', () => {
    fc.assert(
      fc.property(name, name, (one, other) => {
        const { verdict, score, reasons } = matchNames(one, other)
        expect(verdict === 'match').toBe(foldName(one) === foldName(other))
        expect(reasons.length > 0).toBe(verdict !== 'match')
        expect(score).toBeGreaterThanOrEqual(
          verdict === 'match' ? 100 : verdict === 'warn' ? 70 : 0,
        )
        expect(score).toBeLessThanOrEqual(verdict === 'match' ? 100 : verdict === 'warn' ? 90 : 79)
      }),
    )
  })

  test('words in another order warn, never match or block', () => {
    fc.assert(
      fc.property(fc.uniqueArray(word, { minLength: 2, maxLength: 5 }), (words) => {
        const turned = [...words.slice(1), ...words.slice(0, 1)]
        const { verdict } = matchNames(words.join(' '), turned.join(' '))
        expect(verdict).toBe(
          foldName(words.join(' ')) === foldName(turned.join(' ')) ? 'match' : 'warn',
        )
      }),
    )
  })
})
