-- Sign-in: who is signed in where (docs/adr/0018). What the browser holds is never here, only its hash.

create table session (
  -- For the list of sessions and for the audit trail.
  id            uuid primary key default gen_random_uuid(),
  -- SHA-256 of the 256 random bits in the cookie.
  secret_hash   bytea not null unique check (length(secret_hash) = 32),
  user_id       uuid not null references app_user (id),
  -- The user's version at sign-in: when it has risen, or the user is disabled, the session is over.
  user_version  integer not null,
  issuer        text not null,
  subject       text not null,
  assurance     smallint not null check (assurance in (1, 2)),
  -- When they last proved to the issuer who they are.
  proven_at     timestamptz not null,
  created_at    timestamptz not null,
  seen_at       timestamptz not null,
  -- How long it may lie idle, and when it ends whatever happens.
  idle_seconds  integer not null check (idle_seconds > 0),
  ends_at       timestamptz not null,
  -- Kind of browser and network, masked: enough to know one's own again.
  agent         text not null,
  address       text not null,
  ended_at      timestamptz,
  ended_by      uuid,
  end_reason    text check (end_reason in ('signed-out', 'renewed', 'ended', 'limit')),
  constraint session_login foreign key (issuer, subject) references user_login (issuer, subject),
  constraint session_in_order check (proven_at <= created_at and created_at <= seen_at and created_at < ends_at),
  constraint session_ended check ((ended_at is null) = (ended_by is null) and (ended_at is null) = (end_reason is null))
);
create index session_of_user on session (user_id);

-- What has ended does not live again, and nobody becomes another.
create function session_moves() returns trigger language plpgsql as $$
begin
  if old.ended_at is not null or new.seen_at < old.seen_at
     or (to_jsonb(old) - array['seen_at', 'ended_at', 'ended_by', 'end_reason'])
     is distinct from (to_jsonb(new) - array['seen_at', 'ended_at', 'ended_by', 'end_reason']) then
    raise exception 'a session is seen, and ends once' using errcode = 'LB001';
  end if;
  return new;
end $$;
create trigger session_moves before update on session for each row execute function session_moves();

select grant_to('_app', 'select, insert', 'session');
select grant_to('_app', 'update (seen_at, ended_at, ended_by, end_reason)', 'session');
