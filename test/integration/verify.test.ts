/* eslint max-lines: off -- one table of tamperings, with the ledger that they are done to */
import { beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { EntryDraft, EntryHead } from '../../src/ledger/journal.ts'
import { ledger } from '../../src/ledger/ledger.ts'
import { hashLeaf, treeRoot } from '../../src/ledger/verify-bytes.ts'
import { exportHead, parseHead, verifyLedger } from '../../src/ledger/verify.ts'
import type { Finding, OutsideHead } from '../../src/ledger/verify.ts'
import { localDate, month } from '../../src/lib/time.ts'
import { act, actOf, paper } from '../support/act.ts'
import { closeMonth } from '../support/closing.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'

const TABLES =
  'account journal_entry posting period period_trial_balance period_snapshot seal_block sealed_movement chart_account template_pair'
const MEMO = 'Chi trợ cấp | tháng 8 – Nguyễn Thị Ánh 𠀋'
const dimensions = { chapter: '423', kind: '370', item: '7100', 'sub-item': '7149', source: '0112' }

let db: FreshDatabase
const anchors: OutsideHead[] = []
const sql = async (text: string) => (await db.admin.query<{ x: string }>(text)).rows
const verify = (heads: readonly OutsideHead[] = []) =>
  verifyLedger(db.report, act, { anchors: heads })
const post = (entries: readonly EntryDraft[]) =>
  db.app.transact(act, (tx) => ledger.post(tx, act, entries))

const on = (day: string, reference: string, more: Partial<EntryHead> = {}): EntryHead => {
  return { reference, occurredOn: localDate(day), communeId: 5, ...more }
}
const payment = (day: string, n: number) => {
  const [entitlement, instruction] = [`E${n}`, `I${n}`]
  const vars = { list: 'L', entitlement, instruction, carried: false, amount: 500_000n + BigInt(n) }
  return [
    ledger.entry('submit', vars, on(day, `submit:${n}`, n % 2 ? { memo: MEMO } : { dimensions })),
    ledger.entry('paid', vars, on(day, `paid:${n}`)),
  ]
}
const bulk = (length: number) =>
  Array.from({ length }, (_, n) => {
    const vars = { unit: '474', amount: BigInt(n + 1) }
    return ledger.entry('estimate-assigned', vars, on('2023-08-03', `bulk:${n}`, { memo: '-' }))
  })
const reverse = async (reference: string, day: string) => {
  const [entry] = await sql(`select id as x from journal_entry where reference = '${reference}'`)
  const head = { reference: `reversal:${reference}`, occurredOn: localDate(day), memo: MEMO }
  await db.app.transact(act, (tx) =>
    ledger.reverse(tx, act, { entryId: BigInt(entry?.x ?? 0), ...head }, paper),
  )
}

/** Seals all in blocks of a size; other tests on the server may hold the horizon for a moment. Returns the heads. */
const seal = async (size: number): Promise<OutsideHead[]> => {
  const heads: OutsideHead[] = []
  const waiting = `select 1 as x from journal_entry where xid >= pg_snapshot_xmin(pg_current_snapshot())`
  while ((await sql(waiting)).length > 0) await new Promise((resolve) => setTimeout(resolve, 20))
  while (Number((await sql(`select ledger_seal(${size}) as x`))[0]?.x) > 0) {
    heads.push(parseHead(JSON.stringify(await db.report.transact(act, exportHead))))
  }
  return heads
}
const save = async (name: string) => {
  await sql(`create schema ${name}`)
  for (const table of TABLES.split(' '))
    await sql(`create table ${name}.${table} as table ${table}`)
}
/** As the superuser, past every trigger: what a thief with the server can do. */
const restore = async (name: string) => {
  await sql(`set session_replication_role = replica`)
  for (const table of TABLES.split(' ')) {
    await sql(
      `delete from ${table}; insert into ${table} overriding system value table ${name}.${table}`,
    )
  }
  await sql(`alter table journal_entry drop constraint if exists journal_entry_reference,
    add constraint journal_entry_reference unique (reference);
    alter table posting drop constraint if exists posting_amount, add constraint posting_amount check (amount > 0)`)
}

/** Blocks 1 to 5 in August, which is closed, 6 to 8 in September, and five entries that are not sealed. */
beforeAll(async () => {
  db = await freshDatabase()
  for (const name of ['2023-08', '2023-09']) {
    await db.app.transact(act, (tx) => ledger.openPeriod(tx, act, month(name)))
  }
  const funds = { unit: '474', list: 'L', amount: 1_000_000_000n }
  const items = Array.from({ length: 60 }, (_, n) => ({ entitlement: `E${n}`, amount: 900_000n }))
  await post([ledger.entry('estimate-assigned', funds, on('2023-08-01', 'estimate'))])
  await post([ledger.entry('draw', funds, on('2023-08-01', 'draw', { memo: MEMO, dimensions }))])
  await post([
    ledger.entry('move-to-bank', funds, on('2023-08-01', 'move')),
    ledger.entry('hold', funds, on('2023-08-01', 'hold')),
    ledger.entry('accrual', { ...funds, programme: 'P', items }, on('2023-08-02', 'accrual')),
  ])
  await post(bulk(300))
  for (let n = 0; n < 20; n += 1) await post(payment('2023-08-15', n))
  await reverse('paid:7', '2023-08-20')
  anchors.push(...(await seal(70)))
  await closeMonth(db.app, act, month('2023-08'))
  await post(payment('2023-08-30', 20))
  for (let n = 21; n < 40; n += 1) await post(payment('2023-09-15', n))
  await reverse('paid:10', '2023-09-16')
  await post([
    ledger.entry(
      'draw',
      { ...funds, amount: 9n },
      on('2023-09-16', 'draw:2', { memo: MEMO, dimensions }),
    ),
  ])
  await reverse('draw:2', '2023-09-16')
  await save('earlier')
  anchors.push(...(await seal(17)))
  for (let n = 40; n < 45; n += 1) await post(payment('2023-09-20', n).slice(0, 1))
  await save('honest')
}, 60_000)

const of = (reference: string) =>
  `entry_id = (select id from journal_entry where reference = '${reference}')`
const copyOf = (reference: string, day: string) => `
  insert into journal_entry select nextval('journal_entry_id'), template_id, 'forged', content_hash, ${day}, occurred_on,
    recorded_at, actor, commune_id, memo, dimensions, reverses, canonical, xid from journal_entry where reference = '${reference}';
  insert into posting select currval('journal_entry_id'), seq, debit_account, credit_account, amount, ${day} from posting where ${of(reference)}`

/** Tampering → the findings that come first → the kinds of all others. */
const tamperings: Readonly<Record<string, readonly [string, readonly string[], string]>> = {
  'an amount': [
    `update posting set amount = amount + 1 where ${of('submit:3')}`,
    ['content-hash, block 5, submit:3', 'leaf changed, block 5, submit:3'],
    'balance sealed-movement snapshot trial-balance',
  ],
  'a memo': [
    `update journal_entry set memo = 'khác' where reference = 'bulk:7'`,
    ['content-hash, block 1, bulk:7', 'leaf changed, block 1, bulk:7'],
    '',
  ],
  'an actor': [
    `update journal_entry set actor = gen_random_uuid() where reference = 'bulk:299'`,
    ['leaf changed, block 5, bulk:299'],
    '',
  ],
  'the subject of an account': [
    `update account set subject = 'unit:475' where code = '1120'`,
    ['leaf changed, block 1, draw', 'leaf changed, block 8, draw:2'],
    '',
  ],
  'an entry and its postings deleted': [
    `delete from posting where ${of('bulk:100')}; delete from journal_entry where reference = 'bulk:100'`,
    ['leaf gone, block 2', 'block, block 2'],
    'balance sealed-movement snapshot trial-balance',
  ],
  'an entry forged among sealed ones': [
    copyOf('bulk:100', 'posting_date'),
    ['content-hash, block 5, forged', 'leaf new, block 5, forged', 'block, block 5'],
    'balance sealed-movement snapshot trial-balance',
  ],
  'an entry forged into a closed month': [
    copyOf('submit:44', `date '2023-08-31'`),
    ['content-hash, forged', 'period, forged'],
    'balance snapshot trial-balance',
  ],
  'a posting added': [
    `insert into posting select entry_id, 2, debit_account, credit_account, 1, posting_date from posting where ${of('bulk:100')}`,
    ['content-hash, block 2, bulk:100', 'leaf changed, block 2, bulk:100'],
    'balance sealed-movement snapshot trial-balance',
  ],
  'a posting outside the template': [
    `update posting set credit_account = (select id from account where code = '511') where ${of('submit:44')}`,
    ['content-hash, submit:44', 'template, submit:44'],
    'balance',
  ],
  'a posting renumbered': [
    `update posting set seq = 3 where seq = 2 and ${of('draw:2')}`,
    [
      'content-hash, block 8, draw:2',
      'posting, block 8, draw:2',
      'reversal, block 8, reversal:draw:2',
      'leaf changed, block 8, draw:2',
    ],
    '',
  ],
  'a posting on another day': [
    `update posting set posting_date = '2023-09-30' where ${of('submit:44')}`,
    ['posting, submit:44'],
    '',
  ],
  'a posting below zero': [
    `alter table posting drop constraint posting_amount; update posting set amount = -amount where ${of('submit:44')}`,
    ['content-hash, submit:44', 'posting, submit:44'],
    'balance floor',
  ],
  'a posting on an account that is not there': [
    `update posting set debit_account = 999999 where ${of('submit:44')}`,
    ['content-hash, submit:44', 'posting, submit:44', 'template, submit:44'],
    'balance',
  ],
  'a posting of an account with itself': [
    `alter table posting drop constraint posting_two_accounts; update posting set debit_account = credit_account where ${of('submit:44')}`,
    ['content-hash, submit:44', 'posting, submit:44', 'template, submit:44'],
    'balance',
  ],
  'a month that was never opened': [
    `update journal_entry set posting_date = '2023-10-01' where reference = 'submit:44';
     update posting set posting_date = '2023-10-01' where ${of('submit:44')}`,
    ['period, submit:44'],
    '',
  ],
  'a transaction that is still to come': [
    `update journal_entry set xid = '99999999999' where reference = 'submit:44'`,
    ['order, submit:44'],
    '',
  ],
  'the version of the bytes': [
    `update journal_entry set canonical = 2 where reference = 'submit:44'`,
    ['content-hash, submit:44'],
    '',
  ],
  'an account overdrawn': [
    `update posting set amount = 1000000000000 where ${of('submit:44')}`,
    ['content-hash, submit:44', 'balance, 1121-HELD list:L', 'floor, 1121-HELD list:L'],
    'balance',
  ],
  'two entries swapped': [
    `update posting set amount = 13 - amount where ${of('bulk:5')} or ${of('bulk:6')}`,
    [
      'content-hash, block 1, bulk:5',
      'content-hash, block 1, bulk:6',
      'leaf changed, block 1, bulk:5',
    ],
    '',
  ],
  'a reversal': [
    `update posting set amount = amount + 1 where seq = 2 and ${of('reversal:draw:2')}`,
    [
      'content-hash, block 8, reversal:draw:2',
      'reversal, block 8, reversal:draw:2',
      'leaf changed, block 8, reversal:draw:2',
    ],
    'balance sealed-movement',
  ],
  'an entry reversed twice': [
    `drop index journal_entry_reverses; update journal_entry set reverses = (select id from journal_entry where reference = 'paid:10')
      where reference = 'reversal:paid:7'`,
    [
      'content-hash, block 5, reversal:paid:7',
      'reversal, block 5, reversal:paid:7',
      'leaf changed, block 5, reversal:paid:7',
      'reversal, reversal:paid:10',
    ],
    '',
  ],
  'a reference used twice': [
    `alter table journal_entry drop constraint journal_entry_reference;
     update journal_entry set reference = 'submit:43' where reference = 'submit:44'`,
    ['content-hash, submit:43', 'reference, submit:43'],
    '',
  ],
  'an entry without its postings': [
    `delete from posting where ${of('submit:44')}`,
    ['content-hash, submit:44', 'posting, submit:44'],
    'balance',
  ],
  'postings without their entry': [
    `delete from journal_entry where reference = 'submit:44'`,
    ['orphan-posting, gone'],
    '',
  ],
  'a balance': [
    `update account set balance = balance + 1 where code = '1120'`,
    ['balance, 1120 unit:474'],
    '',
  ],
  'a floor': [`update account set floor = -5 where code = '1120'`, ['account, 1120 unit:474'], ''],
  'the chart': [
    `update chart_account set floor = null where code = '1120'`,
    ['chart, 1120', 'account, 1120 unit:474'],
    '',
  ],
  'a template widened': [
    `insert into template_pair select t.id, d.id, c.id from posting_template t, chart_account d, chart_account c
      where t.name = 'draw' and d.code = '1120' and c.code = '4211'`,
    ['chart'],
    '',
  ],
  'a roll-up': [
    `update sealed_movement set movement = 1 where block_number = 2`,
    ['sealed-movement, block 2, 008 unit:474'],
    'sealed-movement',
  ],
  'a trial balance': [
    `update period_trial_balance set debit = debit + 1 where account_code = '1120'`,
    ['trial-balance'],
    '',
  ],
  'a snapshot': [
    `update period_snapshot set balance = 7 where account_id = (select id from account where code = '1120')`,
    ['snapshot, 1120 unit:474'],
    '',
  ],
  'a snapshot removed': [
    `delete from period_snapshot where account_id = (select id from account where code = '1120')`,
    ['snapshot, 1120 unit:474'],
    '',
  ],
  'a roll-up removed': [
    `delete from sealed_movement where block_number = 2 and movement > 0`,
    ['sealed-movement, block 2, 008 unit:474'],
    '',
  ],
  'a roll-up of no block': [
    `insert into sealed_movement values (1, 99, '2023-09-01', 5)`,
    ['sealed-movement, block 99'],
    '',
  ],
  'a line of a trial balance removed': [
    `delete from period_trial_balance where account_code = '1120'`,
    ['trial-balance'],
    '',
  ],
  'a line of a trial balance forged': [
    `insert into period_trial_balance values ('2023-08-01', '9999', 0, 1, 1, 0)`,
    ['trial-balance'],
    '',
  ],
  'a period reopened': [
    `update period set state = 'open', closed_by = null, closed_at = null, head = null, block_number = null`,
    ['period'],
    '',
  ],
  'the head of a period': [
    `update period set head = set_byte(head, 0, 255 - get_byte(head, 0)) where state = 'closed'`,
    ['period'],
    '',
  ],
  'leaf hashes': [
    `update seal_block set leaf_hashes = set_byte(leaf_hashes, 40, 255 - get_byte(leaf_hashes, 40)) where number = 2`,
    ['root, block 2'],
    '',
  ],
  'an entry, and leaf hashes to hide which': [
    `update journal_entry set actor = gen_random_uuid() where reference = 'bulk:101';
     update seal_block set leaf_hashes = set_byte(leaf_hashes, 40, 255 - get_byte(leaf_hashes, 40)) where number = 2`,
    ['root, block 2'],
    '',
  ],
  'a root': [
    `update seal_block set root = set_byte(root, 4, 255 - get_byte(root, 4)) where number = 2`,
    ['root, block 2', 'head, block 2'],
    '',
  ],
  'a head': [
    `update seal_block set head = set_byte(head, 4, 255 - get_byte(head, 4)) where number = 2`,
    ['head, block 2', 'head, block 3'],
    '',
  ],
  'a running total': [
    `update seal_block set total_entries = total_entries + 1 where number = 8`,
    ['block, block 8', 'head, block 8'],
    '',
  ],
  'where a block ends': [
    `update seal_block set last_id = last_id - 1 where number = 8`,
    ['leaf gone, block 8', 'block, block 8', 'block, block 8', 'head, block 8'],
    'sealed-movement',
  ],
  'a block removed': [
    `delete from seal_block where number = 2`,
    ['block, block 3'],
    'block head sealed-movement',
  ],
}

describe('an honest ledger', () => {
  test('verifies: what is sealed, what is not yet, and every head kept outside', async () => {
    await restore('honest')
    const result = await verify(anchors)
    expect(result).toEqual({
      ok: true,
      sealedEntries: 389,
      unsealedEntries: 5,
      blocks: 8,
      head: anchors[7],
      findings: [],
      truncated: false,
    })
  })

  test('verifies while others post, and an empty one too', async () => {
    const busy = await freshDatabase()
    expect(await verifyLedger(busy.report, act)).toMatchObject({ ok: true, blocks: 0, head: null })
    await busy.app.transact(act, (tx) => ledger.openPeriod(tx, act, month('2023-08')))
    const give = async (n: number) => {
      const entries = [
        ledger.entry('estimate-assigned', { unit: '474', amount: 1n }, on('2023-08-01', `e${n}`)),
      ]
      await busy.app.transact(act, (tx) => ledger.post(tx, act, entries))
    }
    await give(0)
    const posting = Promise.all(Array.from({ length: 200 }, (_, n) => give(n + 1)))
    for (let i = 0; i < 5; i += 1)
      expect(await verifyLedger(busy.report, act)).toMatchObject({ ok: true })
    await posting
    await busy.drop()
  })

  test('verifies with more entries, and more postings, than fit in a page', async () => {
    const large = await freshDatabase()
    await large.app.transact(act, (tx) => ledger.openPeriod(tx, act, month('2023-08')))
    const give = (entries: readonly EntryDraft[]) =>
      large.app.transact(act, (tx) => ledger.post(tx, act, entries))
    await give(bulk(4_100))
    for (const n of [1, 2, 3]) {
      const amount = 8_000n
      const one = (_: unknown, i: number) => ({ entitlement: `${n}-${i}`, amount: 1n })
      const items = Array.from({ length: Number(amount) }, one)
      const vars = { unit: '474', programme: 'P', amount, items }
      await give([
        ledger.entry('draw', vars, on('2023-08-04', `draw:${n}`)),
        ledger.entry('accrual', vars, on('2023-08-04', `accrual:${n}`)),
      ])
    }
    const { ok, unsealedEntries } = await verifyLedger(large.report, act)
    expect([ok, unsealedEntries]).toEqual([true, 4_106])
    await large.drop()
  }, 120_000)

  test('is verified only by who sees all of it', async () => {
    const some = actOf({ communes: [5] })
    await expect(verifyLedger(db.report, some)).rejects.toMatchObject({ code: 'verify-scope' })
  })
})

describe('tampering is found', () => {
  test.each(Object.entries(tamperings))('%s', async (_, [tampering, first, others]) => {
    await restore('honest')
    await sql(tampering)
    const { ok, findings } = await verify()
    const entries = await db.admin.query<{ id: string; reference: string }>(
      'select id, reference from journal_entry',
    )
    const references = new Map(entries.rows.map(({ id, reference }) => [id, reference]))
    const label = ({ check, block, entryId, account, message }: Finding) => {
      const how = / (gone|changed)|not there/.exec(check === 'leaf' ? message : '')
      const entry = entryId && (references.get(entryId.toString()) ?? 'gone')
      const name = how === null ? check : `${check} ${how[1] ?? 'new'}`
      return [name, block && `block ${block}`, entry, account].filter(Boolean).join(', ')
    }
    const labels = findings.map(label)
    expect(ok).toBe(false)
    expect(labels.slice(0, first.length)).toEqual(first)
    const rest = new Set(findings.slice(first.length).map(({ check }) => check))
    expect([...rest].toSorted().join(' ')).toBe(others)
  })

  test('and no more than 20 findings are listed', async () => {
    await restore('honest')
    await sql('update account set balance = balance + 1')
    const { findings, truncated } = await verify()
    expect([findings.length, truncated]).toEqual([20, true])
  })
})

/** What a thief also does who knows the ledger: every balance, hash, root and head fits again. */
const balancesFixed = `update account a set balance = a.sign * coalesce((
  select sum(case when p.debit_account = a.id then p.amount else -p.amount end) from posting p
   where a.id in (p.debit_account, p.credit_account)), 0)`
const cutAfter = (block: number) => `
  create temp table gone as select e.id from journal_entry e, seal_block b
   where b.number = ${block} and (e.xid, e.id) > (b.last_xid, b.last_id);
  delete from posting where entry_id in (table gone); delete from journal_entry where id in (table gone); drop table gone;
  delete from sealed_movement where block_number > ${block}; delete from seal_block where number > ${block}`

describe('only a head kept outside shows', () => {
  const goodUpTo = async (block: number, heads = anchors) => {
    expect(await verify()).toMatchObject({ ok: true, findings: [] })
    const { findings } = await verify(heads)
    expect(findings).toMatchObject([{ check: 'anchor', block: block + 1 }])
    expect(findings[0]?.message).toContain(`good up to block ${block}`)
  }

  test('a tail cut off', async () => {
    await restore('honest')
    await sql(`${cutAfter(7)}; ${balancesFixed}`)
    await goodUpTo(7)
    expect(await verify(anchors.slice(0, 7))).toMatchObject({ ok: true, head: anchors[6] })
  })

  test('an older state restored', async () => {
    await restore('earlier')
    await goodUpTo(5)
  })

  test('a history rewritten consistently, to the block', async () => {
    await restore('honest')
    await sql(`update posting set amount = amount + 1 where ${of('submit:31')} or ${of('paid:31')}; ${balancesFixed};
      update journal_entry e set content_hash = ledger_content_hash(e.reference, e.template_id, e.occurred_on, e.commune_id,
          e.reverses, e.memo, e.dimensions::text, (select string_agg(concat_ws('~', seq, debit_account, credit_account, amount), ';'
                                                     order by seq) from posting where entry_id = e.id))
        where reference in ('submit:31', 'paid:31');
      delete from sealed_movement where block_number > 6; delete from seal_block where number > 6`)
    const rewritten = await seal(17)
    await sql(
      `update seal_block b set sealed_at = h.sealed_at from honest.seal_block h where h.number = b.number`,
    )
    expect(rewritten.at(-1)?.totalEntries).toBeGreaterThan(389)
    await goodUpTo(6)
    await goodUpTo(6, anchors.slice(0, 7).toReversed())
    expect(await verify(anchors.slice(0, 6))).toMatchObject({ ok: true })
  })

  test('also when only the time or the count beside the head differs', async () => {
    await restore('honest')
    for (const odd of [{ totalEntries: 1 }, { sealedAt: '2023-09-01T00:00:00.000000Z' }]) {
      const { findings } = await verify(anchors.map((head) => ({ ...head, ...odd })))
      expect(findings).toMatchObject([{ check: 'anchor', block: 1 }])
    }
  })

  test('and a file that is no head is refused', () => {
    const [head] = anchors
    for (const text of [
      '',
      '{}',
      JSON.stringify({ ...head, extra: 1 }),
      JSON.stringify({ ...head, block: 0 }),
    ]) {
      expect(() => parseHead(text)).toThrow(expect.objectContaining({ code: 'outside-head' }))
    }
  })
})

describe('the root of RFC 6962', () => {
  /** Leaves and roots of the certificate-transparency project's own tests (merkle_tree_test, reference roots). */
  const LEAVES = [
    '',
    '00',
    '10',
    '2021',
    '3031',
    '40414243',
    '5051525354555657',
    '606162636465666768696a6b6c6d6e6f',
  ]
  const ROOTS = [
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ]
  test.each(ROOTS.map((root, count) => [count, root]))('of %i published leaves', (count, root) => {
    const leaves = LEAVES.slice(0, Number(count)).map((leaf) => hashLeaf(Buffer.from(leaf, 'hex')))
    expect(treeRoot(Buffer.from(leaves.join(''), 'hex'))).toBe(root)
  })

  test('is what the seal computes level by level, for any number of leaves', async () => {
    const leaf = fc.uint8Array({ minLength: 32, maxLength: 32 })
    const trees = fc.array(leaf, { minLength: 1, maxLength: 100, size: 'max' })
    await fc.assert(
      fc.asyncProperty(trees, async (leaves) => {
        const text = `select encode(merkle_root($1::bytea[]), 'hex') as x`
        const { rows } = await db.admin.query<{ x: string }>(text, [
          leaves.map((bytes) => Buffer.from(bytes)),
        ])
        expect(treeRoot(Buffer.concat(leaves))).toBe(rows[0]?.x)
      }),
      { numRuns: 60 },
    )
  })
})
