import { isDateFormat } from './spreadsheet-dates.ts'
import { broken, refusal } from './spreadsheet-refusal.ts'
import { hear, unescapeCell } from './spreadsheet-xml.ts'
import type { Package } from './spreadsheet-zip.ts'

/** What a workbook says about all its sheets. */
export interface Book {
  readonly calendar: 1900 | 1904
  /** Data sheets in the order of their tabs: their part in the package. */
  readonly sheets: readonly { readonly name: string; readonly part: string }[]
  readonly sharedTexts: readonly string[]
  /** By style number: whether it shows a day. */
  readonly dateStyles: readonly boolean[]
}

/** Sheets of ours that are for people to read, not for us. */
const NOTE_SHEETS: readonly string[] = ['Hướng dẫn', 'Thông tin']

/**
 * Reads what stands beside the sheets. Throws `spreadsheet-sheets` for a hidden one: what the officer cannot see is not
 * imported, and not passed over in silence either.
 */
export async function readBook(book: Package): Promise<Book> {
  const { calendar, tabs } = await readTabs(book)
  const targets = await readTargets(book)
  const shown = tabs.filter(({ name }) => !NOTE_SHEETS.includes(name.normalize('NFC')))
  const hidden = shown.find(({ state }) => state !== undefined && state !== 'visible')
  if (hidden !== undefined) {
    const what = `Trang tính “${hidden.name}” đang ẩn: bỏ ẩn hoặc xóa trang này rồi gửi lại.`
    throw refusal('spreadsheet-sheets', what)
  }
  const sheets = shown.flatMap(({ name, id }) => {
    const part = targets.get(id)
    return part === undefined ? [] : [{ name, part }]
  })
  const has = (name: string) => book.names.includes(name)
  return {
    calendar,
    sheets,
    sharedTexts: has(SHARED) ? await readSharedTexts(book) : [],
    dateStyles: has(STYLES) ? await readDateStyles(book) : [],
  }
}

const SHARED = 'xl/sharedStrings.xml'
const STYLES = 'xl/styles.xml'

interface Tab {
  readonly name: string
  readonly id: string
  readonly state: string | undefined
}

async function readTabs(book: Package): Promise<{ calendar: 1900 | 1904; tabs: readonly Tab[] }> {
  const tabs: Tab[] = []
  let calendar: 1900 | 1904 = 1900
  await hear(await book.stream('xl/workbook.xml'), {
    open: (element, attributes) => {
      if (element === 'workbookPr' && /^(1|true)$/.test(attributes['date1904'] ?? ''))
        calendar = 1904
      if (element !== 'sheet') return
      const [, id = ''] = Object.entries(attributes).find(([key]) => key.endsWith(':id')) ?? []
      tabs.push({ name: attributes['name'] ?? '', id, state: attributes['state'] })
    },
  })
  return { calendar, tabs }
}

/** The parts of the data sheets by relation; charts and dialogs hold no data of ours. */
async function readTargets(book: Package): Promise<ReadonlyMap<string, string>> {
  const targets = new Map<string, string>()
  await hear(await book.stream('xl/_rels/workbook.xml.rels'), {
    open: (element, { Id = '', Type = '', Target = '', TargetMode = '' }) => {
      if (element !== 'Relationship' || !Type.endsWith('/worksheet')) return
      const part = Target.startsWith('/') ? Target.slice(1) : `xl/${Target}`
      if (TargetMode === 'External' || !/^xl\/worksheets\/[^/]+\.xml$/.test(part)) throw broken()
      targets.set(Id, part)
    },
  })
  return targets
}

/** The texts that cells share. Guides to pronunciation (rPh) are no text of the cell. */
async function readSharedTexts(book: Package): Promise<readonly string[]> {
  const texts: string[] = []
  let parts: string[] = []
  let inText = false
  let inGuide = false
  await hear(await book.stream(SHARED), {
    open: (element) => {
      if (element === 'si') parts = []
      if (element === 'rPh') inGuide = true
      inText = element === 't'
    },
    close: (element) => {
      if (element === 'si') texts.push(unescapeCell(parts.join('')))
      if (element === 'rPh') inGuide = false
      inText = false
    },
    text: (text) => {
      if (inText && !inGuide) parts.push(text)
    },
  })
  return texts
}

async function readDateStyles(book: Package): Promise<readonly boolean[]> {
  const codes = new Map<number, string>()
  const styles: boolean[] = []
  let inCells = false
  await hear(await book.stream(STYLES), {
    open: (element, attributes) => {
      const id = Number(attributes['numFmtId'] ?? 0)
      if (element === 'numFmt') codes.set(id, attributes['formatCode'] ?? '')
      if (element === 'cellXfs') inCells = true
      if (element === 'xf' && inCells) styles.push(isDateFormat(id, codes.get(id)))
    },
    close: (element) => {
      if (element === 'cellXfs') inCells = false
    },
  })
  return styles
}
