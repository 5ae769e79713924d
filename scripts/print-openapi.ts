/** Writes docs/openapi.json from the routes' declarations. A test compares them. */
import { writeFileSync } from 'node:fs'
import { routes } from '../src/api/api.ts'
import { openApiOf } from '../src/api/openapi.ts'

writeFileSync('docs/openapi.json', `${JSON.stringify(openApiOf(routes), null, 2)}\n`)
