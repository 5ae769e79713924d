import { fuzz } from '../support/fuzzing.ts'

// A few requests of each operation, made from docs/openapi.json (test/long has many).

fuzz(4)
