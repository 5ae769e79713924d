import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { mutants } from '../../scripts/mutants/all.ts'
import { faultList } from '../../scripts/mutants/fault-list.ts'
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

test('CI tries a mistake for each fault that must be survived', () => {
  const [, tried = ''] = /\nmutants=\(([^)]+)\)/.exec(readFileSync('.ci/run', 'utf8')) ?? []
  const parts = tried.trim().split(/\s+/)
  const untried = Object.entries(faultList).flatMap(([fault, names]) =>
    names
      .filter((name) => !mutants.some((one) => one.name.startsWith(`${name}:`)))
      .map((name) => `${fault}: there is no ${name}`)
      .concat(names.filter((name) => !parts.includes(name)).map((name) => `${fault}: not ${name}`)),
  )
  expect(untried).toEqual([])
  expect(Object.values(faultList).every((names) => names.length > 0)).toBe(true)
})
