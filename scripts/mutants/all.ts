import { apiMutants } from './api-mutants.ts'
import { auditMutants } from './audit-mutants.ts'
import { byHandMutants } from './by-hand-mutants.ts'
import { authMutants } from './auth-mutants.ts'
import { beforeSendingMutants } from './before-sending-mutants.ts'
import { carryMutants } from './carry-mutants.ts'
import { listContentMutants } from './list-content-mutants.ts'
import { evidenceMutants } from './evidence-mutants.ts'
import { countingMutants } from './counting-mutants.ts'
import { coveringMutants } from './covering-mutants.ts'
import { downMutants } from './down-mutants.ts'
import { channelMutants } from './channel-mutants.ts'
import { documentMutants } from './document-mutants.ts'
import { paperContentMutants } from './paper-content-mutants.ts'
import { packMutants } from './pack-mutants.ts'
import { paperMutants } from './paper-mutants.ts'
import { proofMutants } from './proof-mutants.ts'
import { edgeMutants, flowMutants } from './sign-in-mutants.ts'
import { exportMutants } from './export-mutants.ts'
import { faultEngineMutants } from './fault-engine-mutants.ts'
import { faultMutants } from './fault-mutants.ts'
import { importMutants } from './import-mutants.ts'
import { interfaceMutants } from './interface-mutants.ts'
import { jobMutants } from './job-mutants.ts'
import { lawMutants } from './law-mutants.ts'
import { ledgerMutants } from './ledger-mutants.ts'
import { listMutants } from './list-mutants.ts'
import { longPaperMutants } from './long-paper-mutants.ts'
import { operationsMutants } from './operations-mutants.ts'
import { parkingMutants } from './parking-mutants.ts'
import { payeeMutants } from './payee-mutants.ts'
import { payoutMutants, statementMutants } from './payout-mutants.ts'
import { peopleMutants } from './people-mutants.ts'
import { reachMutants } from './reach-mutants.ts'
import { reissueMutants } from './reissue-mutants.ts'
import { rehomingMutants } from './rehoming-mutants.ts'
import { registryMutants } from './registry-mutants.ts'
import { rememberedMutants } from './remembered-mutants.ts'
import { resendMutants } from './resend-mutants.ts'
import { resentHeldMutants } from './resent-held-mutants.ts'
import { tellingMutants } from './telling-mutants.ts'
import { unpaidMutants } from './unpaid-mutants.ts'
import { walletMutants } from './wallet-mutants.ts'
import { roundMutants } from './round-mutants.ts'
import { watchingMutants } from './watching-mutants.ts'
import type { Mutant } from './mutant.ts'

/** Every named mistake. */
export const mutants: readonly Mutant[] = [
  ...apiMutants,
  ...reachMutants,
  ...interfaceMutants,
  ...countingMutants,
  ...payoutMutants,
  ...statementMutants,
  ...carryMutants,
  ...listContentMutants,
  ...evidenceMutants,
  ...packMutants,
  ...channelMutants,
  ...downMutants,
  ...walletMutants,
  ...jobMutants,
  ...roundMutants,
  ...faultMutants,
  ...faultEngineMutants,
  ...parkingMutants,
  ...rememberedMutants,
  ...resendMutants,
  ...coveringMutants,
  ...resentHeldMutants,
  ...beforeSendingMutants,
  ...payeeMutants,
  ...peopleMutants,
  ...importMutants,
  ...exportMutants,
  ...documentMutants,
  ...paperMutants,
  ...longPaperMutants,
  ...paperContentMutants,
  ...proofMutants,
  ...auditMutants,
  ...lawMutants,
  ...listMutants,
  ...ledgerMutants,
  ...rehomingMutants,
  ...reissueMutants,
  ...registryMutants,
  ...unpaidMutants,
  ...authMutants,
  ...flowMutants,
  ...edgeMutants,
  ...operationsMutants,
  ...tellingMutants,
  ...watchingMutants,
  ...byHandMutants,
]
