import { describe, expect, test } from '@jest/globals'
import { compareNames, foldText, readName, searchWords } from '../../src/registry/person-name.ts'
import { refusalOf } from '../support/outcome.ts'

const codeOf = (work: () => unknown) => {
  try {
    work()
    return 'taken'
  } catch (error) {
    return refusalOf(error)
  }
}

describe('a folded text', () => {
  test.each([
    ['Nguyễn Văn Đạo', 'nguien van dao'],
    ['hoà', 'hoa'],
    ['hòa', 'hoa'],
    ['Mỹ', 'mi'],
    ['Mĩ', 'mi'],
    ['thuý', 'thui'],
    ['thúy', 'thui'],
    ['Hồ A-Tép', 'ho a tep'],
    ["K'Lan", 'klan'],
    ['ĐẶNG', 'dang'],
    ['  Ưng   Ơn ', 'ung on'],
  ])('of %s is %s, from composed and decomposed letters', (name, wanted) => {
    expect(foldText(name.normalize('NFC'))).toBe(wanted)
    expect(foldText(name.normalize('NFD'))).toBe(wanted)
  })
})

describe('a name', () => {
  test('is read in NFC with single blanks, its given name apart', () => {
    const name = readName(' Trần  Thị Mỹ Lệ Mẫu '.normalize('NFD'))
    const fullName = 'Trần Thị Mỹ Lệ Mẫu'.normalize('NFC')
    expect(name).toEqual({
      ...{ fullName, givenName: 'Mẫu'.normalize('NFC') },
      ...{ nameKey: 'tran thi mi le mau', givenKey: 'mau' },
    })
  })

  test.each([
    ['a control character', 'Trần\u0007 Mẫu'],
    ['a direction character', 'Trần \u202eMẫu'],
    ['a zero-width blank', 'Trần\u200b Mẫu'],
    ['a digit', 'Trần 2 Mẫu'],
    ['letters of another script', 'Тран Mẫu'],
    ['a sign', 'Trần <b> Mẫu'],
    ['too many letters', `Trần ${'a'.repeat(100)} Mẫu`],
    ['too many words', 'An '.repeat(13)],
    ['nothing', '   '],
    ['one letter', 'A'],
  ])('with %s is refused', (_, name) => {
    expect(codeOf(() => readName(name))).toBe('person-name')
  })

  test('is not repeated by its refusal', () => {
    expect(() => readName('Trần 2 Mẫu')).toThrow(/^(?!.*Trần).*chữ số/)
  })
})

describe('a search', () => {
  test('has folded words, each once', () => {
    expect(searchWords(' Đào  dao VÂN ')).toEqual(['dao', 'van'])
    expect(searchWords('Vy')).toEqual(['vi'])
  })

  test.each([
    ['one letter', 'a', 'search-too-short'],
    ['blanks', '  ', 'search-too-short'],
    ['a sign', 'a%', 'search-letters'],
    ['a letter and a digit', 'an1', 'search-letters'],
  ])('for %s is refused', (_, text, code) => {
    expect(codeOf(() => searchWords(text))).toBe(code)
  })
})

test('people come by given name, then by the whole name, in Vietnamese order', () => {
  const sorted = ['An Mẫu Dào', 'An Đào', 'Vũ An', 'Bùi Ân', 'Lê Ăn', 'Đỗ An', 'An Mẫu Dao']
  expect([...sorted].sort(compareNames)).toEqual([
    ...['Đỗ An', 'Vũ An', 'Lê Ăn', 'Bùi Ân', 'An Mẫu Dao', 'An Mẫu Dào', 'An Đào'],
  ])
})
