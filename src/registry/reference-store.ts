import type { Tx } from '../lib/db.ts'
import type { Reference } from './reference.ts'

/**
 * Brings the reference tables to a version of prisma/reference: adds what is new, refreshes texts and ends of
 * validity, deletes nothing (rows are named by what was paid). Runs as the owner; a version that is loaded already
 * is left alone. Takes the checked files; returns whether anything was loaded.
 */
export async function loadReference(tx: Tx, reference: Reference): Promise<boolean> {
  const isNew =
    await tx.$executeRaw`insert into reference_version (version) values (${reference.version}) on conflict do nothing`
  if (isNew === 0) return false
  await loadPlaces(tx, reference)
  await loadIdPlaces(tx, reference)
  await loadLaw(tx, reference)
  await loadCodes(tx, reference)
  return true
}

async function loadPlaces(tx: Tx, { communes, succession }: Reference): Promise<void> {
  // The unit's name is the district's while districts draw the money, afterwards the commune's own.
  await tx.$executeRaw`
    insert into paying_unit (id, code, valid_from, name_vi)
    select distinct on (1) u.code || '.' || to_char(u.valid_from, 'YYYYMMDD'), u.code, u.valid_from, u.name
      from unnest(${communes.map((c) => c.payingUnit)}::text[], ${communes.map((c) => c.validFrom)}::date[],
        ${communes.map((c) => c.districtNameVi ?? c.fullNameVi)}::text[]) as u (code, valid_from, name)
    on conflict (id) do update set name_vi = excluded.name_vi`
  await tx.$executeRaw`
    insert into commune (code, valid_from, valid_to, name_vi, kind, full_name_vi, name_ascii, district_code, paying_unit, status)
    select c.code, c.valid_from, c.valid_to, c.name_vi, c.kind, c.full_name_vi, c.name_ascii, c.district_code,
           c.paying_unit || '.' || to_char(c.valid_from, 'YYYYMMDD'), c.status
      from unnest(${communes.map((c) => c.code)}::text[], ${communes.map((c) => c.validFrom)}::date[], ${communes.map((c) => c.validTo)}::date[],
        ${communes.map((c) => c.nameVi)}::text[], ${communes.map((c) => c.kind)}::text[], ${communes.map((c) => c.fullNameVi)}::text[],
        ${communes.map((c) => c.nameAscii)}::text[], ${communes.map((c) => c.districtCode)}::text[], ${communes.map((c) => c.payingUnit)}::text[],
        ${communes.map((c) => c.status)}::text[])
        as c (code, valid_from, valid_to, name_vi, kind, full_name_vi, name_ascii, district_code, paying_unit, status)
     order by c.valid_from, c.code
    on conflict (code, valid_from) do update set valid_to = excluded.valid_to, name_vi = excluded.name_vi,
      full_name_vi = excluded.full_name_vi, name_ascii = excluded.name_ascii, status = excluded.status`
  await tx.$executeRaw`
    insert into commune_succession (old_commune_id, new_commune_id, effective_on, change, share, legal_basis, status)
    select o.id, n.id, s.effective_on, s.change, s.share, s.legal_basis, s.status
      from unnest(${succession.map((s) => s.oldCode)}::text[], ${succession.map((s) => s.oldValidFrom)}::date[],
        ${succession.map((s) => s.newCode)}::text[], ${succession.map((s) => s.newValidFrom)}::date[], ${succession.map((s) => s.effectiveDate)}::date[],
        ${succession.map((s) => s.change)}::text[], ${succession.map((s) => s.share)}::numeric[], ${succession.map((s) => s.legalBasis)}::text[],
        ${succession.map((s) => s.status)}::text[])
        as s (old_code, old_from, new_code, new_from, effective_on, change, share, legal_basis, status)
      join commune o on o.code = s.old_code and o.valid_from = s.old_from
      join commune n on n.code = s.new_code and n.valid_from = s.new_from
    on conflict (old_commune_id, new_commune_id) do update set status = excluded.status, legal_basis = excluded.legal_basis`
}

async function loadIdPlaces(tx: Tx, { idPlaces }: Reference): Promise<void> {
  await tx.$executeRaw`
    insert into id_place (code, name_vi, status)
    select * from unnest(${idPlaces.map((p) => p.code)}::text[], ${idPlaces.map((p) => p.nameVi)}::text[], ${idPlaces.map((p) => p.status)}::text[])
    on conflict (code) do update set name_vi = excluded.name_vi, status = excluded.status`
}

async function loadLaw(
  tx: Tx,
  { categories, levels, oneOffs, stopReasons }: Reference,
): Promise<void> {
  await tx.$executeRaw`
    insert into one_off_programme (code, name_vi, name_en, amount, categories, month, legal_basis, status)
    select g.code, g.name_vi, g.name_en, g.amount, string_to_array(g.categories, ' '), g.month, g.legal_basis, g.status
      from unnest(${oneOffs.map((g) => g.code)}::text[], ${oneOffs.map((g) => g.nameVi)}::text[], ${oneOffs.map((g) => g.nameEn)}::text[],
        ${oneOffs.map((g) => g.amountVnd.toString())}::bigint[], ${oneOffs.map((g) => g.categories)}::text[], ${oneOffs.map((g) => g.month)}::date[],
        ${oneOffs.map((g) => g.legalBasis)}::text[], ${oneOffs.map((g) => g.status)}::text[])
        as g (code, name_vi, name_en, amount, categories, month, legal_basis, status)
    on conflict (code) do update set name_vi = excluded.name_vi, name_en = excluded.name_en, status = excluded.status`
  await tx.$executeRaw`
    insert into stop_reason (code, kind, description_vi, description_en, legal_basis, status)
    select * from unnest(${stopReasons.map((r) => r.code)}::text[], ${stopReasons.map((r) => r.kind)}::text[],
      ${stopReasons.map((r) => r.descriptionVi)}::text[], ${stopReasons.map((r) => r.descriptionEn)}::text[],
      ${stopReasons.map((r) => r.legalBasis)}::text[], ${stopReasons.map((r) => r.status)}::text[])
    on conflict (code) do update set description_vi = excluded.description_vi, description_en = excluded.description_en,
      legal_basis = excluded.legal_basis, status = excluded.status`
  await tx.$executeRaw`
    insert into benefit_category (code, valid_from, valid_to, head, moves_to, article, clause, point, legal_basis, description_vi,
      description_en, benefit_type, coefficient, fixed_amount, age_rule, default_payee, start_rule, confidential, neutral_code, status)
    select * from unnest(${categories.map((c) => c.code)}::text[], ${categories.map((c) => c.validFrom)}::date[], ${categories.map((c) => c.validTo)}::date[],
      ${categories.map((c) => c.head)}::text[], ${categories.map((c) => c.movesTo)}::text[], ${categories.map((c) => c.article)}::text[],
      ${categories.map((c) => c.clause)}::text[], ${categories.map((c) => c.point)}::text[], ${categories.map((c) => c.legalBasis)}::text[],
      ${categories.map((c) => c.descriptionVi)}::text[],
      ${categories.map((c) => c.descriptionEn)}::text[], ${categories.map((c) => c.benefitType)}::text[], ${categories.map((c) => c.coefficient)}::numeric[],
      ${categories.map((c) => c.fixedAmountVnd?.toString() ?? null)}::bigint[], ${categories.map((c) => c.ageRule)}::text[],
      ${categories.map((c) => c.defaultPayee)}::text[], ${categories.map((c) => c.startRule)}::text[],
      ${categories.map((c) => c.confidential)}::boolean[], ${categories.map((c) => c.neutralCode)}::text[], ${categories.map((c) => c.status)}::text[])
    on conflict (code, valid_from) do update set valid_to = excluded.valid_to, head = excluded.head, moves_to = excluded.moves_to,
      point = excluded.point, legal_basis = excluded.legal_basis, description_vi = excluded.description_vi,
      description_en = excluded.description_en, age_rule = excluded.age_rule, start_rule = excluded.start_rule,
      neutral_code = excluded.neutral_code, status = excluded.status`
  await tx.$executeRaw`
    insert into standard_level (scope, valid_from, valid_to, amount, legal_basis, status)
    select * from unnest(${levels.map((l) => l.scope)}::text[], ${levels.map((l) => l.validFrom)}::date[], ${levels.map((l) => l.validTo)}::date[],
      ${levels.map((l) => l.standardVnd.toString())}::bigint[], ${levels.map((l) => l.legalBasis)}::text[], ${levels.map((l) => l.status)}::text[])
    on conflict (scope, valid_from) do update set valid_to = excluded.valid_to, status = excluded.status`
}

async function loadCodes(tx: Tx, reference: Reference): Promise<void> {
  const { banks, failureReasons, accountMap, holidays } = reference
  await tx.$executeRaw`
    insert into holiday (day, name_vi, status)
    select * from unnest(${holidays.map((h) => h.day)}::date[], ${holidays.map((h) => h.nameVi)}::text[], ${holidays.map((h) => h.status)}::text[])
    on conflict (day) do update set name_vi = excluded.name_vi, status = excluded.status`
  await tx.$executeRaw`
    insert into bank (code, bin, short_name, name_vi, kind, transfer_supported, status)
    select * from unnest(${banks.map((b) => b.code)}::text[], ${banks.map((b) => b.bin)}::text[], ${banks.map((b) => b.shortName)}::text[],
      ${banks.map((b) => b.nameVi)}::text[], ${banks.map((b) => b.kind)}::text[], ${banks.map((b) => b.transferSupported)}::boolean[],
      ${banks.map((b) => b.status)}::text[])
    on conflict (code) do update set short_name = excluded.short_name, name_vi = excluded.name_vi,
      transfer_supported = excluded.transfer_supported, status = excluded.status`
  await tx.$executeRaw`
    insert into failure_reason (code, iso_reason, stage, retry, action, description_vi, description_en, status)
    select r.code, r.iso_reason, string_to_array(r.stage, '/'), r.retry, r.action, r.description_vi, r.description_en, r.status
      from unnest(${failureReasons.map((r) => r.code)}::text[], ${failureReasons.map((r) => r.isoReason)}::text[],
        ${failureReasons.map((r) => r.stage.join('/'))}::text[], ${failureReasons.map((r) => r.retry)}::text[], ${failureReasons.map((r) => r.action)}::text[],
        ${failureReasons.map((r) => r.descriptionVi)}::text[], ${failureReasons.map((r) => r.descriptionEn)}::text[], ${failureReasons.map((r) => r.status)}::text[])
        as r (code, iso_reason, stage, retry, action, description_vi, description_en, status)
    on conflict (code) do update set action = excluded.action, description_vi = excluded.description_vi,
      description_en = excluded.description_en, status = excluded.status`
  await tx.$executeRaw`
    insert into regime_code (account_code, regime, code, title_vi, title_en, valid_from, valid_to, status)
    select * from unnest(${accountMap.map((m) => m.accountCode)}::text[], ${accountMap.map((m) => m.regime)}::text[],
      ${accountMap.map((m) => m.regimeCode)}::text[], ${accountMap.map((m) => m.titleVi)}::text[], ${accountMap.map((m) => m.titleEn)}::text[],
      ${accountMap.map((m) => m.validFrom)}::date[], ${accountMap.map((m) => m.validTo)}::date[], ${accountMap.map((m) => m.status)}::text[])
    on conflict (account_code, valid_from) do update set code = excluded.code, title_vi = excluded.title_vi,
      title_en = excluded.title_en, valid_to = excluded.valid_to, status = excluded.status`
}
