import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { mutants } from '../../scripts/mutants/all.ts'
import { placesOf } from '../../scripts/mutants/tree.ts'

// A mistake that fits nowhere any more is never made, and its test is never tried.

test('every named mistake has one place in the sources, and a file of tests', () => {
  const stale = mutants.flatMap(({ name, edits, test: { file } }) => [
    ...(existsSync(file) ? [] : [`${name}: there is no ${file}`]),
    ...edits.flatMap((edit) => {
      const places = placesOf(readFileSync(edit.file, 'utf8'), edit)
      return places === 1 ? [] : [`${name}: ${edit.file} has ${String(places)} places`]
    }),
  ])
  expect(stale).toEqual([])
})

test('no two mistakes have one name', () => {
  const names = mutants.map(({ name }) => name)
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
})
