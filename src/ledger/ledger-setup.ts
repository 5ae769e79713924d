import { DomainError } from '../lib/errors.ts'
import type { Tx } from '../lib/db.ts'
import { chartLines } from './chart.ts'
import { templateLines } from './templates.ts'

/**
 * Copies the chart and the templates into the database, where the doors check against them. Runs as the owner.
 * New codes, templates and versions are added, texts are refreshed; what postings depend on (side, floor, subject,
 * pairs of a version) may not change once it is there: throws DomainError `chart-changed` or `template-changed`.
 */
export async function setUpLedger(tx: Tx): Promise<void> {
  await writeChart(tx)
  await writeTemplates(tx)
}

async function writeChart(tx: Tx): Promise<void> {
  const lines = chartLines.map(([code, line]) => ({ code, ...line }))
  await tx.$executeRaw`
    insert into chart_account (code, name_vi, name_en, type, sign, subject_kind, floor, shared, of_commune)
    select * from unnest(${lines.map((l) => l.code)}::text[], ${lines.map((l) => l.nameVi)}::text[],
      ${lines.map((l) => l.nameEn)}::text[], ${lines.map((l) => l.type)}::text[],
      ${lines.map((l) => (l.grows === 'debit' ? 1 : -1))}::smallint[], ${lines.map((l) => l.subject)}::text[],
      ${lines.map((l) => l.floor?.toString() ?? null)}::bigint[], ${lines.map((l) => l.shared)}::boolean[],
      ${lines.map((l) => l.ofCommune)}::boolean[])
    on conflict (code) do update set name_vi = excluded.name_vi, name_en = excluded.name_en`
  const stored = await tx.$queryRaw<{ code: string; same: boolean }[]>`
    select c.code, (c.type, c.sign, c.subject_kind, c.floor, c.shared, c.of_commune)
                   is not distinct from (n.type, n.sign, n.subject_kind, n.floor, n.shared, n.of_commune) as same
      from chart_account c join unnest(${lines.map((l) => l.code)}::text[], ${lines.map((l) => l.type)}::text[],
        ${lines.map((l) => (l.grows === 'debit' ? 1 : -1))}::smallint[], ${lines.map((l) => l.subject)}::text[],
        ${lines.map((l) => l.floor?.toString() ?? null)}::bigint[], ${lines.map((l) => l.shared)}::boolean[],
        ${lines.map((l) => l.ofCommune)}::boolean[]) as n (code, type, sign, subject_kind, floor, shared, of_commune) on n.code = c.code`
  const odd = stored.find(({ same }) => !same)
  if (odd !== undefined) {
    throw new DomainError(
      'conflict',
      'chart-changed',
      `Tài khoản ${odd.code} đã dùng: không được đổi bản chất, hãy thêm mã mới`,
    )
  }
}

async function writeTemplates(tx: Tx): Promise<void> {
  await tx.$executeRaw`
    insert into posting_template (name, version, doc_vi, doc_en)
    select * from unnest(${templateLines.map((t) => t.name)}::text[], ${templateLines.map((t) => t.version)}::smallint[],
      ${templateLines.map((t) => t.docVi)}::text[], ${templateLines.map((t) => t.docEn)}::text[])
    on conflict (name, version) do update set doc_vi = excluded.doc_vi, doc_en = excluded.doc_en`
  const pairs = templateLines.flatMap(({ name, version, pairs }) =>
    pairs.map(([debit, credit]) => ({ name, version, debit, credit })),
  )
  // A version that has pairs already keeps exactly them; one that has none yet gets its own.
  const differing = await tx.$queryRaw<{ name: string; version: number }[]>`
    with wanted as (
      select t.id, d.id as debit, c.id as credit
        from unnest(${pairs.map((p) => p.name)}::text[], ${pairs.map((p) => p.version)}::smallint[],
                    ${pairs.map((p) => p.debit)}::text[], ${pairs.map((p) => p.credit)}::text[]) as p (name, version, debit, credit)
        join posting_template t on t.name = p.name and t.version = p.version
        join chart_account d on d.code = p.debit join chart_account c on c.code = p.credit),
    fresh as (
      insert into template_pair (template_id, debit, credit)
      select id, debit, credit from wanted w where not exists (select 1 from template_pair x where x.template_id = w.id)
      returning template_id)
    select t.name, t.version::integer as version from posting_template t
     where exists (select 1 from template_pair x where x.template_id = t.id)
       and exists (select 1 from wanted w where w.id = t.id)
       and not exists (select 1 from fresh f where f.template_id = t.id)
       and exists ((select debit, credit from wanted w where w.id = t.id except select debit, credit from template_pair x where x.template_id = t.id)
                   union all
                   (select debit, credit from template_pair x where x.template_id = t.id except select debit, credit from wanted w where w.id = t.id))`
  const [odd] = differing
  if (odd !== undefined) {
    throw new DomainError(
      'conflict',
      'template-changed',
      `Mẫu bút toán ${odd.name} bản ${odd.version} đã dùng: tăng version để đổi cặp tài khoản`,
    )
  }
}
