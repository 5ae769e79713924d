import qrcode from 'qrcode-generator'
import type { Tagged } from './pdf-engine.ts'
import type { Pages } from './pdf-page.ts'

/** Draws a text as a QR code of a side in points, at the pen’s height. Level M: readable with a seventh of it spoilt. */
export function drawQr(
  pages: Pages,
  parent: Tagged,
  { text, x, side }: { readonly text: string; readonly x: number; readonly side: number },
): void {
  const code = qrcode(0, 'M')
  code.addData(text, 'Byte')
  code.make()
  const count = code.getModuleCount()
  const { doc } = pages.engine
  const cell = side / count
  const figure = doc.struct('Figure', { alt: 'Mã QR để kiểm tra văn bản' }, () => {
    for (let row = 0; row < count; row += 1) {
      for (let column = 0; column < count; column += 1) {
        if (code.isDark(row, column)) {
          doc.rect(x + column * cell, pages.y + row * cell, cell, cell)
        }
      }
    }
    doc.fill('#000000')
  })
  parent.add(figure)
}
