import { parseWith } from '../../src/lib/spreadsheet-program.ts'
import { built } from './programs.ts'

// Before each test file: what the product starts by itself is started from the build too.
parseWith(built('src/lib/spreadsheet-child.ts'))
