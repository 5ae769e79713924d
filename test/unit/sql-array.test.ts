import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { sqlArray } from '../../src/lib/sql-array.ts'

/** As PostgreSQL reads an array's text, quoted where it has to be (its manual, "Array Input and Output Syntax"). */
function read(text: string): readonly (string | null)[] {
  const items = text.slice(1, -1).matchAll(/NULL|"((?:[^"\\]|\\.)*)"|([^,]+)/gsu)
  return [...items].map(([all, quoted, plain]) =>
    all === 'NULL' ? null : (quoted?.replace(/\\(.)/gsu, '$1') ?? plain ?? null),
  )
}

test('every text comes back, NULL and quotes and blanks too', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.string({ unit: 'binary' }))), (values) => {
      expect(read(sqlArray(values))).toEqual(values)
    }),
  )
  expect(
    sqlArray(['NULL', 'null', 'null-1', null, '', 'a b', 'Đ', 'a"b\\', 7, 9007199254740993n]),
  ).toBe('{"NULL","null",null-1,NULL,"","a b","Đ","a\\"b\\\\",7,9007199254740993}')
})
