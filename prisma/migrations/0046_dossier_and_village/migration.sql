-- What a list says of a row beside its money (docs/adr/0030): the dossier of an enrolment, the village of a residence.

-- Words as an officer writes them: NFC, not empty, not longer than that, nothing invisible (controls, marks of direction).
create function are_plain_words(words text, at_most integer) returns boolean language sql immutable parallel safe as $$
  select words is nfc normalized and words = btrim(words) and length(words) between 1 and at_most
     and words !~ '[\u0001-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff9-\ufffb]'
$$;
select grant_to('_app', 'execute', 'function are_plain_words(text, integer)');

-- Of a version of an enrolment: written with it and never changed; another number is another version.
alter table enrolment add column dossier_number text
  constraint enrolment_dossier_number check (are_plain_words(dossier_number, 40));

-- Thôn, tổ dân phố. Whoever moves within the commune has a residence before and one after; what was wrong is corrected, and
-- person_change keeps what it was.
alter table person_residence add column village text
  constraint person_residence_village check (are_plain_words(village, 100));
select grant_to('_app', 'update (village)', 'person_residence');
alter table person_change drop constraint person_change_field_check, add constraint person_change_field_check
  check (field in ('full_name', 'sex', 'birth', 'id_number', 'phone', 'village'));

-- As in 0013_rehoming; nobody moves when the map changes, so the village goes along.
create or replace function rehome_communes(p_on date, p_entered_by uuid, p_confirmed_by uuid) returns setof commune_rehoming
language plpgsql security definer set search_path from current as $$
declare
  day date;
begin
  if not scope_is_province() then
    raise exception 'residents are rehomed for the whole province' using errcode = '42501';
  end if;
  -- One run at a time; lists that are being drawn up meanwhile see all of it or nothing.
  lock table commune_rehoming in share row exclusive mode;
  for day in select distinct s.effective_on from commune_succession s where s.effective_on <= p_on order by 1 loop
    return query
    with pair as materialized (
      select s.old_commune_id as ended, s.new_commune_id as successor, s.legal_basis from commune_succession s
       where s.effective_on = day and s.share = 1),
    people as (
      update person p set commune_id = successor from pair where p.commune_id = ended returning ended),
    left_home as (
      update person_residence r set period = daterange(lower(r.period), day) from pair
       where r.commune_id = ended and upper_inf(r.period) and (lower_inf(r.period) or lower(r.period) < day)
      returning r.person_id, successor, legal_basis, r.village),
    begun as (
      insert into person_residence (person_id, commune_id, village, period, document, entered_by)
      select person_id, successor, village, daterange(day, null), legal_basis, p_entered_by from left_home),
    -- Entered for a unit that was no more: a residence that never was there.
    mended as (
      update person_residence r set commune_id = successor from pair
       where r.commune_id = ended and upper_inf(r.period) and lower(r.period) >= day),
    enrolments as (
      update enrolment e set commune_id = successor from pair
       where e.commune_id = ended and not e.void and (e.valid_to is null or e.valid_to >= day)
      returning e.id, e.valid_from, ended, successor),
    places as (
      insert into enrolment_place (enrolment_id, until, commune_id)
      select id, day - 1, ended from enrolments where valid_from < day),
    children as (
      update enrolment_child c set commune_id = successor from enrolments e where c.enrolment_id = e.id),
    others as (select * from rehome_open_rows(day)),
    counted as (
      select p.ended, p.successor, coalesce(r.count, 0) as people, coalesce(e.count, 0) as enrolments, coalesce(o.moved, 0) as others
        from pair p
        left join (select ended, count(*)::integer from people group by ended) r using (ended)
        left join (select ended, count(*)::integer from enrolments group by ended) e using (ended)
        left join others o on o.old_commune_id = p.ended)
    insert into commune_rehoming (old_commune_id, new_commune_id, effective_on, people, enrolments, others, entered_by, confirmed_by)
    select c.ended, c.successor, day, c.people, c.enrolments, c.others, p_entered_by, p_confirmed_by from counted c
     where c.people + c.enrolments + c.others > 0
    returning *;
  end loop;
end $$;
