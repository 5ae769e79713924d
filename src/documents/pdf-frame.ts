import type { LocalDate } from '../lib/time.ts'
import { printed } from './clean-text.ts'
import type { Agency, Paper, Signature, Stamp } from './paper.ts'
import type { Tagged } from './pdf-engine.ts'
import { artifact, lineHeight, MM, paragraph } from './pdf-page.ts'
import type { Pages, Place } from './pdf-page.ts'

const MOTTO = 'Độc lập - Tự do - Hạnh phúc'
const NATION = 'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM'

/** Agency, number and symbol on the left; national heading, place and date on the right (Decree 30/2020 Art 8, App. I). */
export function drawHeading(pages: Pages, parent: Tagged, paper: Paper, { issue }: Stamp): void {
  const { agency, symbol } = paper
  const top = pages.y
  // The national heading must stand on one line at size 12.
  const right: Place = { x: pages.left + pages.width - 92 * MM, width: 92 * MM }
  const left: Place = { x: pages.left, width: pages.width - 95 * MM }
  const number = issue === null ? '……' : String(issue.number).padStart(2, '0')
  drawAgency(pages, parent, agency, left)
  const numbered = { font: 'regular', size: 13, align: 'center', place: left } as const
  paragraph(pages, parent, `Số: ${number}/${symbol}`, numbered)
  const below = pages.y
  pages.y = top
  paragraph(pages, parent, NATION, { font: 'bold', size: 12, align: 'center', place: right })
  paragraph(pages, parent, MOTTO, { font: 'bold', size: 13, align: 'center', place: right })
  underline(pages, right, pages.engine.widthOf(MOTTO, { font: 'bold', size: 13 }))
  const dated = `${printed(agency.place)}, ${issue === null ? 'ngày … tháng … năm ……' : longDate(issue.on)}`
  paragraph(pages, parent, dated, { font: 'italic', size: 13, align: 'center', place: right })
  pages.y = Math.max(below, pages.y) + 4 * MM
}

function drawAgency(pages: Pages, parent: Tagged, { superior, name }: Agency, place: Place): void {
  for (const line of superior?.split('\n') ?? []) {
    paragraph(pages, parent, line, { font: 'regular', size: 12, align: 'center', place })
  }
  for (const line of name.split('\n')) {
    paragraph(pages, parent, printed(line), { font: 'bold', size: 12, align: 'center', place })
  }
  underline(pages, place, place.width / 3)
}

/** Clear of the letters that reach below their line, in points. */
const BELOW = 2.5

/** A line in the middle below what was written last. */
function underline(pages: Pages, { x, width }: Place, length: number): void {
  const { engine } = pages
  const start = x + (width - length) / 2
  artifact(engine, 'Layout', () => {
    engine.doc
      .lineWidth(0.7)
      .moveTo(start, pages.y + BELOW)
      .lineTo(start + length, pages.y + BELOW)
      .stroke()
  })
  pages.y += 2 * MM
}

/** “ngày 08 tháng 6 năm 2022”: a zero before days below 10 and months 1 and 2 (Decree 30/2020, App. I). */
export function longDate(day: LocalDate): string {
  const month = Number(day.slice(5, 7))
  const padded = month < 3 ? String(month).padStart(2, '0') : String(month)
  return `ngày ${day.slice(8, 10)} tháng ${padded} năm ${day.slice(0, 4)}`
}

/** Title in capitals with what it is about below, in bold and underlined by a third (Decree 30/2020, App. I). */
export function drawTitle(pages: Pages, parent: Tagged, { title, subtitle }: Paper): void {
  const centred = { align: 'center' } as const
  paragraph(pages, parent, title, { ...centred, font: 'bold', size: 14, type: 'H1' })
  for (const line of subtitle) {
    paragraph(pages, parent, printed(line), { ...centred, font: 'bold', size: 13 })
  }
  underline(pages, { x: pages.left, width: pages.width }, 40 * MM)
  pages.y += 3 * MM
}

/** Who signs, side by side on one page: position, room for hand and seal, name. */
export function drawSignatures(
  pages: Pages,
  parent: Tagged,
  signatures: readonly Signature[],
): void {
  if (signatures.length === 0) return
  pages.room(45 * MM)
  pages.y += 4 * MM
  const top = pages.y
  const width = pages.width / signatures.length
  const depth = Math.max(...signatures.map(({ position }) => position.length))
  for (const [at, { position, name }] of signatures.entries()) {
    const place = { x: pages.left + at * width, width: width - 2 * MM }
    const centred = { align: 'center', place } as const
    pages.y = top
    for (const line of position) {
      paragraph(pages, parent, line, { ...centred, font: 'bold', size: 13 })
    }
    pages.y = top + depth * lineHeight({ size: 13 })
    paragraph(pages, parent, '(Ký, ghi rõ họ tên)', { ...centred, font: 'italic', size: 11 })
    pages.y += 20 * MM
    paragraph(pages, parent, printed(name ?? ''), { ...centred, font: 'bold', size: 13 })
  }
  pages.y = top + depth * lineHeight({ size: 13 }) + 32 * MM
}

/** Who is sent the paper: size 12 and 11, each line with its mark. */
export function drawRecipients(
  pages: Pages,
  parent: Tagged,
  { recipients, place }: { readonly recipients: readonly string[]; readonly place: Place },
): void {
  paragraph(pages, parent, 'Nơi nhận:', { font: 'bold-italic', size: 12, place })
  for (const [at, name] of recipients.entries()) {
    const end = at === recipients.length - 1 ? '.' : ';'
    paragraph(pages, parent, `- ${printed(name)}${end}`, { font: 'regular', size: 11, place })
  }
}
