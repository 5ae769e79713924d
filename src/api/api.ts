import { accountChangeRoutes } from './routes/account-changes.ts'
import { listDecisionRoutes } from './routes/list-decisions.ts'
import { auditRoutes } from './routes/audit.ts'
import { bookRoutes } from './routes/books.ts'
import { getListDuties } from './routes/list-duties.ts'
import { listRoutes } from './routes/lists.ts'
import { getMe } from './routes/me.ts'
import { outcomeRoutes } from './routes/outcomes.ts'
import { stopRequestRoutes } from './routes/stop-requests.ts'
import { peopleRoutes } from './routes/people.ts'
import { personActRoutes } from './routes/person-acts.ts'
import { placeRoutes } from './routes/places.ts'
import { proposalRoutes } from './routes/proposals.ts'
import { sessionRoutes } from './routes/sessions.ts'
import { userRoutes } from './routes/users.ts'
import type { Route } from './route.ts'

const acts: readonly Route[] = [
  getMe,
  ...placeRoutes,
  ...listRoutes,
  getListDuties,
  ...listDecisionRoutes,
  ...peopleRoutes,
  ...personActRoutes,
  ...accountChangeRoutes,
  ...outcomeRoutes,
  ...stopRequestRoutes,
  ...bookRoutes,
  ...auditRoutes,
  ...userRoutes,
  ...sessionRoutes,
]

/** Every route of the interface. A new one is a file under routes/ and a line here. */
export const routes: readonly Route[] = [...acts, ...proposalRoutes(acts)]
