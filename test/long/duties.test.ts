import { dutiesApart } from '../support/duties.ts'

// Ten thousand random batches of people, roles and acts: `npm run test:long`.

dutiesApart(10_000)
