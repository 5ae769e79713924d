/**
 * The wallet of the city, played: one signed call per payment, answered at once and signed unless a fault is due.
 * It pays whatever it is told to, twice if told twice, and keeps a book that shows it. It calls back when it has an
 * address to call.
 */
import { watchHolders, type Holders } from './holders.ts'
import { openRail } from './rail.ts'
import { readOptions, serve } from './serve.ts'
import { createCaller } from './wallet-callbacks.ts'
import { isConsole, walletRoutes } from './wallet-routes.ts'
import { createWalletRules } from './wallet-rules.ts'
import { createDoor } from './wallet-signature.ts'

const options = readOptions()
const holders: Holders = new Map()
const rail = await openRail({
  options,
  name: 'hue-s',
  reasons: ['AG01', 'AC01', 'AM14'],
  watch: watchHolders(holders),
})
const rules = createWalletRules()
const caller = createCaller(rail, rules)
const door = createDoor()
serve({
  port: options.port,
  routes: walletRoutes({ rail, rules, caller, holders }),
  log: (call) => rail.write({ type: 'call', at: rail.state.clock.date, ...call }),
  close: rail.close,
  edge: {
    admit: (asked) => {
      if (!isConsole(asked.url)) door.admit(asked)
    },
    sign: door.sign,
  },
})
