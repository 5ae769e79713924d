import type { PersonId } from '../../lib/act.ts'

/** Who stands behind a request, as the sign-in proved it. What they may do is asked of their roles at every request. */
export interface Identity {
  readonly user: PersonId
  readonly kind: 'officer' | 'service'
  readonly name: string
  /** Raised with every change of their roles (app_user.version). */
  readonly version: number
  /** Assurance level of the sign-in (VNeID: 1 or 2). */
  readonly assurance: 1 | 2
  /** When they last proved who they are. Some acts ask for a sign-in of the last minutes. */
  readonly provenAt: Date
  /** The session in the list of sessions; null for a machine's token. */
  readonly session: string | null
}

/** What of a request says who sends it. */
export interface Credentials {
  readonly cookie: string | undefined
  readonly authorization: string | undefined
}

/** Finds who sends a request; null when it does not say, or not credibly. */
export type Authenticate = (credentials: Credentials) => Promise<Identity | null>
