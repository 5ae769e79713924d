import { describe, expect, test } from '@jest/globals'
import { readHere } from '../support/damage.ts'

describe('CSV', () => {
  const read = async (text: string) =>
    (await readHere({ name: 'a.csv', bytes: Buffer.from(text) })).rows.map(({ number, cells }) => [
      number,
      ...cells.map(({ text: t }) => t),
    ])

  test.each([
    [
      'comma',
      'a,b\n1,"2,5"\n',
      [
        [1, 'a', 'b'],
        [2, '1', '2,5'],
      ],
    ],
    [
      'semicolon',
      'a;b\n1;2,5\n',
      [
        [1, 'a', 'b'],
        [2, '1', '2,5'],
      ],
    ],
    [
      'tab',
      'a\tb\n1\t2;3\n',
      [
        [1, 'a', 'b'],
        [2, '1', '2;3'],
      ],
    ],
    [
      'a byte order mark and CRLF',
      '\ufeffa,b\r\n1,2\r\n',
      [
        [1, 'a', 'b'],
        [2, '1', '2'],
      ],
    ],
    [
      'a line break in quotes begins no row',
      'a,b\n"x\ny",2\n3,4',
      [
        [1, 'a', 'b'],
        [2, 'x\ny', '2'],
        [3, '3', '4'],
      ],
    ],
    [
      'an empty line counts',
      'a,b\n\n3,4',
      [
        [1, 'a', 'b'],
        [3, '3', '4'],
      ],
    ],
    [
      'a delimiter inside a quoted header',
      '"a;b;c",d\n1,2',
      [
        [1, 'a;b;c', 'd'],
        [2, '1', '2'],
      ],
    ],
  ])('with %s', async (_, text, expected) => {
    expect(await read(text)).toEqual(expected)
  })
})
