import { access } from '../../src/access/access.ts'
import type { Act } from '../../src/lib/act.ts'
import type { Database } from '../../src/lib/db.ts'
import { localDate, month } from '../../src/lib/time.ts'
import type { Vault } from '../../src/lib/vault.ts'
import { registry } from '../../src/registry/registry.ts'
import type { Account } from '../simulators/sign-in/launch.ts'
import { personId } from './people.ts'

/** Who may do what, by the subject at the local issuer. */
const ROLES: Readonly<Record<string, string>> = {
  'can-bo-xa': 'commune-officer',
  'lanh-dao-xa': 'commune-leader',
  so: 'welfare-department',
  'ke-toan': 'treasury-preparer',
  'duyet-chi': 'treasury-approver',
  'kiem-toan': 'auditor',
  'quan-tri': 'administrator',
}
/** The communes that officers of a commune see: the first of August 2023. */
const COMMUNES = 3

/** Two people of nobody give the first roles; after that two users do. */
const founder: Act = { actor: personId(1, 1), via: 'start', scope: 'province' }
const witness = personId(1, 2)

/** Makes a user with one role of each account of the local issuer; those who are there already stay as they are. */
export async function enterDemoUsers(
  db: Database,
  vault: Vault,
  accounts: readonly Account[],
): Promise<void> {
  await db.transact(founder, async (tx) => {
    const all = await registry.communesIn(tx, month('2023-08'))
    const communes = all.slice(0, COMMUNES).map(({ id }) => id)
    const known = new Set((await access.users(tx, { after: null, limit: 200 })).map(({ id }) => id))
    for (const [at, { subject, name: fullName, idNumber }] of accounts.entries()) {
      const [id, role] = [personId(8, at + 1), ROLES[subject]]
      if (role === undefined || known.has(id)) continue
      const idIndex = access.userIdIndex(vault, idNumber)
      await access.enterUser(tx, founder, { id, kind: 'officer', fullName, idIndex }, null)
      await access.grant(tx, founder, {
        ...{ userId: id, role, since: localDate('2023-01-01'), until: null },
        communes: role.startsWith('commune-') ? communes : null,
        ...{ document: 'Dữ liệu mẫu', confirmedBy: witness },
      })
    }
  })
}
