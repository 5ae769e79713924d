-- A hold reaches what is its commune's own: a person who lives there, or an entitlement of one of its lists, or of the place
-- that it took over from. Whoever moved away is held where they live now.
create or replace function payout_hold_guard() returns trigger
language plpgsql security definer set search_path from current as $$
declare
  home integer;
begin
  if tg_op = 'INSERT' then
    if new.lifted_by is not null then raise exception 'a hold begins as placed' using errcode = 'LB020'; end if;
    perform require_reason(new.reason_code, 'hold');
    home := coalesce((select commune_id from person where id = new.person_id),
                     (select commune_id from entitlement where number = new.entitlement_number));
    if home is distinct from new.commune_id and not exists (
      select from commune_succession s where s.old_commune_id = home and s.new_commune_id = new.commune_id) then
      raise exception 'what is held is not of commune %', new.commune_id using errcode = 'LB028';
    end if;
  elsif old.lifted_by is not null or new.lifted_by is null then
    raise exception 'a hold is lifted once' using errcode = 'LB020';
  end if;
  return new;
end $$;
