/** What was checked when something was found; stable for machines. */
export type CheckName =
  | 'chart'
  | 'content-hash'
  | 'posting'
  | 'template'
  | 'reversal'
  | 'order'
  | 'leaf'
  | 'block'
  | 'root'
  | 'head'
  | 'sealed-movement'
  | 'anchor'
  | 'account'
  | 'balance'
  | 'floor'
  | 'orphan-posting'
  | 'reference'
  | 'period'
  | 'trial-balance'
  | 'snapshot'
  | 'audit-leaf'
  | 'audit-block'
  | 'audit-root'
  | 'audit-head'

/** Where something was found, as precisely as it can be said. */
export interface Place {
  readonly block?: number | undefined
  readonly entryId?: bigint | undefined
  /** Of the audit trail. */
  readonly eventId?: bigint | undefined
  /** Code and subject: "1121-FREE unit:474". */
  readonly account?: string | undefined
}

/** One thing that is not as it must be. `message` is Vietnamese, then English. */
export interface Finding extends Place {
  readonly check: CheckName
  readonly message: string
}

/** Says that a check failed: where, in Vietnamese, in English. */
export type Report = (check: CheckName, place: Place, vi: string, en: string) => void

/** After so many a ledger is broken, and more of them help nobody. */
const FINDINGS_MAX = 20

/** Returns a list of findings that fills up to 20, the function that fills it, and whether more were left out. */
export function collectFindings(): {
  readonly report: Report
  readonly result: () => { readonly findings: readonly Finding[]; readonly truncated: boolean }
} {
  const findings: Finding[] = []
  let truncated = false
  return {
    report: (check, place, vi, en) => {
      if (findings.length < FINDINGS_MAX)
        findings.push({ check, ...place, message: `${vi} / ${en}` })
      else truncated = true
    },
    result: () => ({ findings, truncated }),
  }
}
