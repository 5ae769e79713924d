import type { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { printed } from './clean-text.ts'
import type { Block, Paper, Stamp, Written } from './paper.ts'
import { openPdf } from './pdf-engine.ts'
import type { Tagged } from './pdf-engine.ts'
import { drawBars } from './pdf-bars.ts'
import { drawEvidence } from './pdf-evidence.ts'
import { drawHeading, drawSignatures, drawTitle } from './pdf-frame.ts'
import { lineHeight, MM, openPages, paragraph } from './pdf-page.ts'
import type { Pages } from './pdf-page.ts'
import { drawTable, startHeight } from './pdf-table.ts'
import { openTally } from './tally.ts'
import type { Tally } from './tally.ts'

/** Nothing was sealed yet: a paper made before has the first second that PDF readers show well. */
const NO_HEAD = '2000-01-01T00:00:00Z'

/**
 * Writes a paper as PDF to `out`, a row at a time, in the layout of Decree 30/2020 (docs/adr/0022). The same paper under
 * the same stamp has the same bytes. Resolves when all is taken. Throws DomainError: document-changed, font-missing;
 * `out` is then not ended.
 */
export async function renderPdf(out: Writable, paper: Paper, stamp: Stamp): Promise<Written> {
  const engine = openPdf(out, {
    ...{
      layout: paper.layout,
      title: titleOf(paper),
      // The name of a commune comes from a file: what a reader shows of it is clean too.
      author: printed(paper.agency.name),
    },
    keywords: stamp.issue === null ? '' : `ansinh-document:${stamp.issue.code}`,
    createdAt: new Date(stamp.head?.sealedAt ?? NO_HEAD),
  })
  const tally = openTally()
  const pages = openPages(engine, footOf(paper, stamp))
  const root = engine.doc.struct('Document')
  engine.doc.addStructure(root)
  drawHeading(pages, root, paper, stamp)
  drawTitle(pages, root, paper)
  for (const block of paper.blocks) await drawBlock(pages, root, { block, tally })
  drawSignatures(pages, root, paper.signatures)
  const written = tally.written()
  drawEvidence(pages, root, { paper, stamp, written })
  root.end()
  engine.releasePage()
  engine.doc.end()
  await engine.flush(true)
  out.end()
  await finished(out)
  return written
}

/** Nothing of a person stands in what a file says about itself. */
const titleOf = ({ title }: Paper): string => title

const footOf = ({ symbol }: Paper, { issue }: Stamp): string =>
  issue === null
    ? `${symbol} · bản thể hiện, chưa phát hành`
    : `${String(issue.number).padStart(2, '0')}/${symbol} · mã văn bản ${issue.code}`

async function drawBlock(
  pages: Pages,
  root: Tagged,
  { block, tally }: { readonly block: Block; readonly tally: Tally },
): Promise<void> {
  if (block.kind === 'bars') drawBars(pages, root, block)
  else if (block.kind === 'text') {
    const font = block.style === 'plain' ? 'regular' : block.style
    paragraph(pages, root, printed(block.text), { font, size: 13 })
    pages.y += MM
  } else if (block.kind === 'facts') {
    for (const [what, value] of block.items) {
      paragraph(pages, root, printed(`${what}: ${value}`), { font: 'regular', size: 13 })
    }
    pages.y += 2 * MM
  } else {
    const { table } = block
    if (table.caption !== undefined) {
      pages.room(lineHeight({ size: 13 }) + MM + startHeight(pages, table))
      paragraph(pages, root, table.caption, { font: 'bold', size: 13, type: 'H2' })
      pages.y += MM
    }
    await drawTable(pages, root, { table, rows: tally.passing(table) })
    pages.y += 3 * MM
  }
}
