import { dutiesApart } from '../support/duties.ts'

// The database keeps duties apart by person (test/long runs the property ten thousand times).

dutiesApart(60)
