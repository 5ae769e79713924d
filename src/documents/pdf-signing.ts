import { invariant } from '../lib/errors.ts'
import type { PaperSigner } from './paper-signer.ts'
import { openObjects } from './pdf-objects.ts'
import type { Pieces } from './pdf-objects.ts'

/** A PDF that is signed where it lies. */
export interface Signable extends Pieces {
  readonly sha256With: (...more: readonly Uint8Array[]) => Buffer
  readonly append: (bytes: Uint8Array) => Promise<void>
}

/** Room for a signature with its certificates. */
const CONTENTS_BYTES = 8 * 1024
const RANGE_LETTERS = 60

/**
 * Signs a PDF by adding to it (PAdES, ETSI EN 319 142-1; ISO 32000-1 §12.8): not one byte before changes, so what was signed
 * before stays valid, and nothing forbids officers to add theirs (no DocMDP). `atMs` is the time that the signer claims, in
 * milliseconds since 1970.
 */
export async function signPdf(file: Signable, signer: PaperSigner, atMs: number): Promise<void> {
  const start = file.written().bytes
  const { before, after } = await additionOf(file, { name: signer.name, atMs })
  // The gap, which is not signed, is the signature with its < and >.
  const gap = { from: start + before.length, length: 2 * CONTENTS_BYTES + 2 }
  const range = `[0 ${String(gap.from)} ${String(gap.from + gap.length)} ${String(after.length)}]`
  const head = before.toString('latin1').replace(RANGE, range.padEnd(RANGE_LETTERS))
  const signed = Buffer.from(head, 'latin1')
  const contents = signer.signatureOf(file.sha256With(signed, after)).toString('hex')
  invariant(contents.length <= 2 * CONTENTS_BYTES, 'a signature fits into its room')
  const gapText = `<${contents.padEnd(2 * CONTENTS_BYTES, '0')}>`
  await file.append(Buffer.concat([signed, Buffer.from(gapText), after]))
}

const RANGE = `[${'*'.repeat(RANGE_LETTERS - 2)}]`

/** What is added, before and after the signature. */
async function additionOf(
  file: Signable,
  of: { readonly name: string; readonly atMs: number },
): Promise<{ readonly before: Buffer; readonly after: Buffer }> {
  const objects = await openObjects(file)
  const root = numberAfter('Root', objects.trailer)
  const catalog = await objects.read(root)
  const page = numberAfter('Kids \\[', await objects.read(numberAfter('Pages', catalog)))
  const size = Number(/\/Size (\d+)/.exec(objects.trailer)?.[1])
  const [signature, field] = [size, size + 1]
  const parts = partsOf(of)
  const written = new Map([
    [signature, parts.before],
    [field, fieldOf({ signature, field, page })],
    [root, withField(catalog, field)],
    [page, into(await objects.read(page), 'Annots', field)],
  ])
  let at = file.written().bytes + 1
  let [before, after] = ['\n', '']
  const places: [number, number][] = []
  for (const [number, text] of written) {
    const object = `${String(number)} 0 obj\n${text}`
    places.push([number, at])
    if (number === signature) {
      before += object
      after += `${parts.after}\nendobj\n`
      at += object.length + 2 * CONTENTS_BYTES + 2 + after.length
    } else {
      const whole = `${object}\nendobj\n`
      after += whole
      at += whole.length
    }
  }
  after += tableOf(places) + trailerOf(objects, size + 2, at)
  return { before: Buffer.from(before, 'latin1'), after: Buffer.from(after, 'latin1') }
}

function numberAfter(name: string, text: string): number {
  const number = Number(new RegExp(`/${name}\\s*(\\d+) 0 R`).exec(text)?.[1])
  invariant(Number.isSafeInteger(number), `a PDF of ours names its ${name}`)
  return number
}

function partsOf({ name, atMs }: { readonly name: string; readonly atMs: number }) {
  const time = new Date(atMs).toISOString().replaceAll(/[-:T]/g, '').slice(0, 14)
  const reason = hexText('Văn bản được phát hành và giữ nguyên')
  return {
    before: [
      '<<\n/Type /Sig\n/Filter /Adobe.PPKLite\n/SubFilter /ETSI.CAdES.detached',
      `/M (D:${time}Z)\n/Name ${hexText(name)}\n/Reason ${reason}`,
      `/ByteRange ${RANGE}\n/Contents `,
    ].join('\n'),
    after: '\n>>',
  }
}

/** A text string in UTF-16 (ISO 32000-1 §7.9.2.2): no letter of it is read as anything else. */
const hexText = (text: string): string =>
  `<FEFF${Buffer.from(text, 'utf16le').swap16().toString('hex').toUpperCase()}>`

/** A field without a place on the page: what officers read stays as it is. */
const fieldOf = (of: { signature: number; field: number; page: number }): string =>
  [
    `<<\n/Type /Annot\n/Subtype /Widget\n/FT /Sig\n/T (chu-ky-${String(of.field)})`,
    `/V ${String(of.signature)} 0 R\n/P ${String(of.page)} 0 R\n/Rect [0 0 0 0]\n/F 132\n>>`,
  ].join('\n')

/** The catalog with one more field; what exists may only be added to (SigFlags 3). */
const withField = (catalog: string, field: number): string =>
  catalog.includes('/AcroForm <<')
    ? into(catalog, 'Fields', field)
    : beforeEnd(catalog, `/AcroForm << /Fields [${String(field)} 0 R] /SigFlags 3 >>`)

/** A dictionary with one more reference in an array of it. */
function into(dictionary: string, name: string, number: number): string {
  const start = `/${name} [`
  return dictionary.includes(start)
    ? dictionary.replace(start, `${start}${String(number)} 0 R `)
    : beforeEnd(dictionary, `${start}${String(number)} 0 R]`)
}

const beforeEnd = (dictionary: string, entry: string): string =>
  `${dictionary.slice(0, dictionary.lastIndexOf('>>'))}${entry}\n>>`

function tableOf(places: readonly (readonly [number, number])[]): string {
  const runs = places
    .toSorted(([one], [other]) => one - other)
    .map(([number, at]) => `${String(number)} 1\n${String(at).padStart(10, '0')} 00000 n \n`)
  return `xref\n${runs.join('')}`
}

function trailerOf(
  { trailer, xref }: { readonly trailer: string; readonly xref: number },
  size: number,
  at: number,
): string {
  const kept = trailer.replace(/\/Size \d+/, `/Size ${String(size)}`).replace(/\s*\/Prev \d+/, '')
  return `trailer\n<<\n${kept}\n/Prev ${String(xref)}\n>>\nstartxref\n${String(at)}\n%%EOF\n`
}
