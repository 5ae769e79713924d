import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { FaultLevel } from './faults.ts'

export type ProgramName = 'bank' | 'hue-s' | 'cash-service'

/** A simulator that listens; it dies with the process that launched it. */
export interface Simulator {
  readonly url: string
  readonly bookPath: string
  readonly child: ChildProcess
  /** Resolves when it is gone, whatever ended it. */
  readonly exited: Promise<unknown>
}

/** Starts a simulator in a process of its own and resolves once it takes calls. */
export const launch = async (
  program: ProgramName,
  options: {
    readonly folder: string
    readonly seed: string
    readonly faults: FaultLevel
    /** The folder of order and status files, for a bank that watches one. */
    readonly watched?: string
    /** The folder of a build of these sources, to start from instead. */
    readonly built?: string | undefined
  },
): Promise<Simulator> => {
  const folder = resolve(options.folder)
  const flags = ['--book', folder, '--seed', options.seed, '--faults', options.faults]
  if (options.watched !== undefined) flags.push('--folder', resolve(options.watched))
  const from =
    options.built === undefined
      ? ['--import', 'tsx', `${program}.ts`]
      : [resolve(options.built, 'scripts', 'simulators', `${program}.js`)]
  const child = spawn(process.execPath, [...from, ...flags], {
    cwd: fileURLToPath(new URL('.', import.meta.url)), // tsx is found from here, wherever we are
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const firstLine = once(createInterface(child.stdout), 'line').then(([line]) => String(line))
  const line = await Promise.race([firstLine, exited.then(() => 'nothing: it ended')])
  const port = /^listening (\d+)$/.exec(line)?.[1]
  if (port === undefined) throw new Error(`the ${program} simulator said ${line}`)
  const url = `http://127.0.0.1:${port}`
  return { url, bookPath: join(folder, `${program}.jsonl`), child, exited }
}
