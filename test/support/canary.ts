import { spawnSync } from 'node:child_process'
import { inspect } from 'node:util'
import type pg from 'pg'
import { startServer } from './server.ts'
import type { RunningServer } from './server.ts'
import { prepareTemplate } from './template.ts'

/** A server that logs every statement with its parameters, ready for `freshDatabase`; the caller stops it. */
export async function talkativeServer(): Promise<RunningServer> {
  const server = await startServer({
    ...{ logging_collector: 'on', log_statement: 'all', log_parameter_max_length: '-1' },
    ...{ log_directory: 'log', log_parameter_max_length_on_error: '-1' },
  })
  await prepareTemplate(server)
  return server
}

/** One thing that a person can do with a marked value; it may be refused. */
export interface CanaryAct {
  readonly name: string
  readonly run: () => Promise<unknown>
  /** Whether the clear value is the answer (a reveal): then only the answer may have it. */
  readonly answersClear?: true
}

/** Where a marked value was seen in clear: the act and the place. */
export interface Sighting {
  readonly act: string
  readonly place: 'answer' | 'error' | 'output'
}

/**
 * Does acts and returns where one of the marked values came out in clear: in an answer, in an error with its stack and
 * causes, or in what the process wrote. What the database wrote is for `filesWith`.
 */
export async function sightings(
  acts: readonly CanaryAct[],
  marks: readonly string[],
): Promise<readonly Sighting[]> {
  const found: Sighting[] = []
  for (const { name, run, answersClear } of acts) {
    const written: string[] = []
    const restore = recordOutput(written)
    let answer: unknown
    let error: unknown
    try {
      answer = await run()
    } catch (thrown) {
      error = thrown
    } finally {
      restore()
    }
    if (answersClear !== true && shows(answer, marks)) found.push({ act: name, place: 'answer' })
    if (shows(error, marks)) found.push({ act: name, place: 'error' })
    if (shows(written.join(''), marks)) found.push({ act: name, place: 'output' })
  }
  return found
}

/** Records what is written to the process's output until the returned function is called. */
function recordOutput(written: string[]): () => void {
  const streams = [process.stdout, process.stderr]
  const originals = streams.map((stream) => stream.write.bind(stream))
  streams.forEach((stream, at) => {
    stream.write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
      written.push(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'))
      return (originals[at] as (...all: unknown[]) => boolean)(chunk, ...rest)
    }
  })
  return () => {
    streams.forEach((stream, at) => {
      const original = originals[at]
      if (original !== undefined) stream.write = original
    })
  }
}

/** Everything that a logger could print of a value: hidden properties, causes, stacks. */
const shows = (value: unknown, marks: readonly string[]): boolean => {
  const error = value instanceof Error ? `${value.message}\n${String(value.stack)}` : ''
  const text = `${error}\n${inspect(value, { depth: 12, showHidden: true, maxStringLength: null, maxArrayLength: null })}`
  return marks.some((mark) => text.includes(mark))
}

/**
 * The files of the database's folder (tables, indexes, write-ahead log, the server's own log) that have one of the
 * values in clear, after everything was written out. Takes a superuser's connection to a server on this machine.
 */
export async function filesWith(admin: pg.Client, marks: readonly string[]) {
  await admin.query('checkpoint')
  const { rows } = await admin.query<{ data_directory: string }>('show data_directory')
  const folder = rows[0]?.data_directory ?? ''
  const patterns = marks.flatMap((mark) => ['-e', mark])
  const { status, stdout, stderr } = spawnSync('grep', ['-raFl', ...patterns, folder], {
    encoding: 'utf8',
  })
  if (status !== 0 && status !== 1) throw new Error(`grep: ${stderr}`)
  return stdout.split('\n').filter((file) => file !== '')
}
