import { printed } from './clean-text.ts'
import type { Bar } from './paper.ts'
import type { Tagged } from './pdf-engine.ts'
import { artifact, lineHeight, MM, paragraph } from './pdf-page.ts'
import type { Pages } from './pdf-page.ts'

/** More bars than this are drawn smaller. */
const FEW = 12

/** A chart of shares, one bar a line: the text says what the bar shows. Without bars there is none. */
export function drawBars(
  pages: Pages,
  parent: Tagged,
  { caption, bars }: { readonly caption: string; readonly bars: readonly Bar[] },
): void {
  const { engine } = pages
  if (bars.length === 0) return
  const size = bars.length > FEW ? 8.5 : 10.5
  const [label, chart] = [0.3 * pages.width, 0.45 * pages.width]
  // A caption does not stand alone at the bottom.
  pages.room(4 * lineHeight({ size: 12 }))
  paragraph(pages, parent, caption, { font: 'bold', size: 12 })
  for (const bar of bars) {
    pages.room(2 * lineHeight({ size }))
    const [top, x] = [pages.y, pages.left + label]
    artifact(engine, 'Layout', () => {
      const part = bar.whole === 0 ? 0 : (bar.part / bar.whole) * chart
      const high = lineHeight({ size }) - 3
      engine.doc.rect(x, top + 1, part, high).fill('#5a6b7b')
      engine.doc
        .lineWidth(0.5)
        .rect(x, top + 1, chart, high)
        .stroke('#000000')
        .fillColor('#000000')
    })
    const said = { font: 'regular', size } as const
    paragraph(pages, parent, printed(bar.label), {
      ...said,
      place: { x: pages.left, width: label - 4 },
    })
    const below = pages.y
    pages.y = top
    const place = { x: x + chart + 4, width: pages.width - label - chart - 4 }
    paragraph(pages, parent, bar.text, { ...said, place })
    pages.y = Math.max(below, pages.y)
  }
  pages.y += 3 * MM
}
