import type { IncomingMessage } from 'node:http'
import { HttpError, isObject, type Body } from './input.ts'

const bodyBytesMax = 20 * 1024 * 1024

/** Reads a body to its end even when it is too big: a sender cut off in the middle sees no answer. */
export const readBody = async (
  request: IncomingMessage,
): Promise<{ body: Body; xml: string; raw: string }> => {
  if (request.method !== 'POST') return { body: {}, xml: '', raw: '' }
  const chunks: Buffer[] = []
  let bytes = 0
  await new Promise((resolve, reject) => {
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes <= bodyBytesMax) chunks.push(chunk)
    })
    request.on('end', resolve)
    request.on('error', () => {
      reject(new HttpError(400, 'the request was cut off'))
    })
  })
  if (bytes > bodyBytesMax) throw new HttpError(413, 'the body is above 20 MB')
  const text = Buffer.concat(chunks).toString('utf8')
  if (request.headers['content-type'] === 'application/xml')
    return { body: {}, xml: text, raw: text }
  const body = parseJson(text)
  if (!isObject(body)) throw new HttpError(400, 'the body must be a JSON object')
  return { body, xml: '', raw: text }
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw new HttpError(400, 'the body is not JSON')
  }
}
