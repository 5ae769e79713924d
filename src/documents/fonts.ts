import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { DomainError } from '../lib/errors.ts'

/** Tinos has the widths of Times New Roman, which Decree 30/2020 asks for, and every Vietnamese letter (OFL). */
const FILES = {
  regular: '400Regular/Tinos_400Regular.ttf',
  bold: '700Bold/Tinos_700Bold.ttf',
  italic: '400Regular_Italic/Tinos_400Regular_Italic.ttf',
  'bold-italic': '700Bold_Italic/Tinos_700Bold_Italic.ttf',
} as const

export type FontName = keyof typeof FILES
type Fonts = Readonly<Record<FontName, Buffer>>

let loaded: Fonts | undefined

/** The fonts of papers, read once. Throws DomainError `font-missing` that names the file. */
export const fonts = (): Fonts => (loaded ??= loadFonts())

/** Reads the fonts with what finds a file by its name in the package. */
export function loadFonts(find: (file: string) => string = inPackage): Fonts {
  const read = (file: string): Buffer => {
    try {
      return readFileSync(find(file))
    } catch {
      const words = `Thiếu phông chữ ${file} (gói @expo-google-fonts/tinos): chạy npm ci.`
      throw new DomainError('conflict', 'font-missing', words)
    }
  }
  return {
    ...{ regular: read(FILES.regular), bold: read(FILES.bold), italic: read(FILES.italic) },
    'bold-italic': read(FILES['bold-italic']),
  }
}

const { resolve } = createRequire(import.meta.url)
const inPackage = (file: string): string => resolve(`@expo-google-fonts/tinos/${file}`)
