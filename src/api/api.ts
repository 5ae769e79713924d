import { accountRoutes } from './routes/accounts.ts'
import { accountChangeRoutes } from './routes/account-changes.ts'
import { listDecisionRoutes } from './routes/list-decisions.ts'
import { auditRoutes } from './routes/audit.ts'
import { bookRoutes } from './routes/books.ts'
import { getListDuties } from './routes/list-duties.ts'
import { jobRoutes } from './routes/jobs.ts'
import { listRoutes } from './routes/lists.ts'
import { getMe } from './routes/me.ts'
import { outcomeRoutes } from './routes/outcomes.ts'
import { switchRoutes } from './routes/switches.ts'
import { outgoingRoutes } from './routes/outgoing.ts'
import { stopRequestRoutes } from './routes/stop-requests.ts'
import { peopleRoutes } from './routes/people.ts'
import { personActRoutes } from './routes/person-acts.ts'
import { placeRoutes } from './routes/places.ts'
import { proposalRoutes } from './routes/proposals.ts'
import { sessionRoutes } from './routes/sessions.ts'
import { timelineRoutes } from './routes/timelines.ts'
import { userRoutes } from './routes/users.ts'
import { approvalRuleRoutes } from './routes/approval-rules.ts'
import { cashRoutes } from './routes/cash.ts'
import { getChecks } from './routes/checks.ts'
import { deathRoutes } from './routes/deaths.ts'
import { delegationRoutes } from './routes/delegations.ts'
import { documentJobRoutes } from './routes/documents-jobs.ts'
import { documentPaperRoutes } from './routes/documents.ts'
import { enrolmentMoveRoutes } from './routes/enrolment-moves.ts'
import { enrolmentRoutes } from './routes/enrolments.ts'
import { entryRoutes } from './routes/entries.ts'
import { evidenceRoutes } from './routes/evidence.ts'
import { explainBreak } from './routes/explanations.ts'
import { exportRoutes } from './routes/exports.ts'
import { enterFirstAccount } from './routes/first-accounts.ts'
import { getFreshRoles } from './routes/fresh-roles.ts'
import { fundRoutes } from './routes/funds.ts'
import { getLastHeads } from './routes/heads.ts'
import { holdRoutes } from './routes/holds.ts'
import { importRoutes } from './routes/imports.ts'
import { instructionRoutes } from './routes/instructions.ts'
import { listActRoutes } from './routes/list-acts.ts'
import { listLookRoutes } from './routes/list-looks.ts'
import { mergeRoutes } from './routes/merges.ts'
import { orderRoutes } from './routes/orders.ts'
import { periodRoutes } from './routes/periods.ts'
import { receiverRoutes } from './routes/receivers.ts'
import { referenceRoutes } from './routes/reference.ts'
import { rehomingRoutes } from './routes/rehomings.ts'
import { representationRoutes } from './routes/representations.ts'
import { resendRoutes } from './routes/resends.ts'
import { enterServiceUser } from './routes/service-users.ts'
import { statementRoutes } from './routes/statements.ts'
import { giveStatusFile } from './routes/status-files.ts'
import { suspensionRoutes } from './routes/suspensions.ts'
import { waitingRoutes } from './routes/waiting.ts'
import type { Route } from './route.ts'

const acts: readonly Route[] = [
  getMe,
  ...placeRoutes,
  ...referenceRoutes,
  ...rehomingRoutes,
  ...listRoutes,
  getListDuties,
  ...listDecisionRoutes,
  ...peopleRoutes,
  ...personActRoutes,
  ...accountChangeRoutes,
  ...outcomeRoutes,
  ...switchRoutes,
  ...stopRequestRoutes,
  ...bookRoutes,
  ...entryRoutes,
  getLastHeads,
  ...fundRoutes,
  ...auditRoutes,
  getChecks,
  getFreshRoles,
  ...timelineRoutes,
  ...jobRoutes,
  ...outgoingRoutes,
  ...userRoutes,
  enterServiceUser,
  ...sessionRoutes,
  ...approvalRuleRoutes,
  ...cashRoutes,
  ...deathRoutes,
  ...delegationRoutes,
  ...documentPaperRoutes,
  ...documentJobRoutes,
  ...enrolmentMoveRoutes,
  ...enrolmentRoutes,
  ...evidenceRoutes,
  ...exportRoutes,
  ...holdRoutes,
  ...importRoutes,
  ...instructionRoutes,
  ...listLookRoutes,
  ...listActRoutes,
  ...mergeRoutes,
  ...orderRoutes,
  ...periodRoutes,
  ...accountRoutes,
  enterFirstAccount,
  ...receiverRoutes,
  ...representationRoutes,
  ...resendRoutes,
  ...statementRoutes,
  explainBreak,
  giveStatusFile,
  ...suspensionRoutes,
]

/** Every route of the interface. A new one is a file under routes/ and a line here. */
export const routes: readonly Route[] = [...acts, ...proposalRoutes(acts), ...waitingRoutes(acts)]
