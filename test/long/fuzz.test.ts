import { fuzz } from '../support/fuzzing.ts'

// Many requests of each operation, made from docs/openapi.json: `npm run test:long`.

fuzz(60)
