// Recounts coverage without any code of the project: from the simulators' own books (what was really executed) and
// the registry (who is enrolled). Usage: recount.mjs <folder of books> <YYYY-MM> <casesPaid> <communesPaid> <cases> <communes>
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import pg from 'pg'

const [folder, month, ...expected] = process.argv.slice(2)
const net = new Map()
for (const book of ['bank.jsonl', 'hue-s.jsonl']) {
  for await (const line of createInterface({ input: createReadStream(join(folder, book)) })) {
    const record = JSON.parse(line)
    const step = record.type === 'executed' ? 1 : record.type === 'returned' ? -1 : 0
    // The first 14 characters of a reference name the entitlement; the 15th counts re-issues.
    if (step !== 0)
      net.set(record.reference.slice(0, 14), (net.get(record.reference.slice(0, 14)) ?? 0) + step)
  }
}
const prefix = month.slice(2, 4) + month.slice(5, 7)
const paid = [...net].filter(([key, count]) => key.startsWith(prefix) && count > 0)
const twice = [...net].filter(([, count]) => count > 1)
const communesPaid = new Set(paid.map(([key]) => key.slice(4, 9))).size

const client = new pg.Client({
  connectionString: process.env.DATABASE_REPORT_URL,
  options: `-c search_path=${process.env.DATABASE_SCHEMA} -c app.scope=province`,
})
await client.connect()
const { rows } = await client.query(
  `select (select count(*)::int from enrolment where valid_from <= $1 and (valid_to is null or valid_to >= $1)) as cases,
          (select count(*)::int from commune where valid_from <= $1 and (valid_to is null or valid_to >= $1)) as communes`,
  [`${month}-01`],
)
await client.end()

const counted = [paid.length, communesPaid, rows[0].cases, rows[0].communes]
const agrees =
  expected.every((value, index) => Number(value) === counted[index]) && expected.length === 4
console.log(
  `${agrees ? '✓' : '✗'} đếm lại từ sổ của ngân hàng và ví: ${counted[0]}/${counted[2]} trường hợp, ${counted[1]}/${counted[3]} xã` +
    (agrees ? '' : `; báo cáo nói ${expected.join(', ')}`),
)
console.log(
  `${twice.length === 0 ? '✓' : '✗'} trường hợp được chi hai lần mà chưa hoàn: ${twice.length}`,
)
process.exitCode = agrees && twice.length === 0 ? 0 : 1
