-- Who receives what, through whom and into which account.

create table payment_account (
  id            uuid primary key,
  person_id     uuid not null references person (id),
  commune_id    integer not null references commune (id),
  kind          text not null check (kind in ('bank', 'wallet')),
  bank_code     text references bank (code),
  -- Sealed by the application (docs/adr/0009); the indexes find it again without opening it.
  number_sealed text not null,
  number_index  bytea not null check (octet_length(number_index) = 32),
  tail_index    bytea not null check (octet_length(tail_index) = 32),
  holder_name   text not null check (holder_name ~ '^[A-Z ]{2,70}$'),
  replaces      uuid references payment_account (id),
  entered_by    uuid not null,
  confirmed_by  uuid not null,
  -- A third person, where one of the two is the owner or a relative (0008_payees).
  second_confirmed_by uuid,
  recorded_at   timestamptz not null default clock_timestamp(),
  -- When money was first paid into it; null: never yet.
  first_paid_at timestamptz,
  constraint payment_account_bank check ((kind = 'bank') = (bank_code is not null)),
  constraint payment_account_two_people check (
    entered_by <> confirmed_by and second_confirmed_by <> entered_by and second_confirmed_by <> confirmed_by)
);
create index payment_account_person on payment_account (person_id);
create index payment_account_number on payment_account (number_index);
create index payment_account_tail on payment_account (tail_index);
create unique index payment_account_replaced_once on payment_account (replaces) where replaces is not null;

-- Who receives for a person: on what legal basis, for which programmes (none named: all), and how long.
create table representation (
  id                    uuid primary key,
  person_id             uuid not null references person (id),
  representative_id     uuid not null references person (id),
  commune_id            integer not null references commune (id),
  kind                  text not null check (kind in ('legal_representative', 'guardian', 'authorised', 'caregiver', 'institution',
                                                      'funeral_organiser')),
  programmes            text[] not null default array[]::text[],
  validity              daterange not null,
  document_kind         text not null,
  document_number       text not null,
  document_date         date not null,
  document_issuer       text not null,
  document_sha256       bytea not null check (octet_length(document_sha256) = 32),
  -- The paper that lets the money go into the representative's own account; null: only into the ward's.
  own_account_evidence  text,
  -- Parents or grandparents may be guardians together: the second names the first, and both have its id as their couple.
  kinship               text check (kinship in ('parent', 'grandparent')),
  joint_with            uuid references representation (id),
  couple                uuid not null,
  revoked_on            date,
  revoked_reason        text,
  revoked_by            uuid,
  entered_by            uuid not null,
  confirmed_by          uuid not null,
  recorded_at           timestamptz not null default clock_timestamp(),
  constraint representation_other_person check (person_id <> representative_id),
  constraint representation_two_people check (entered_by <> confirmed_by),
  constraint representation_couple check (couple = coalesce(joint_with, id)),
  constraint representation_joint check (joint_with is null or (kind = 'guardian' and kinship is not null)),
  constraint representation_begins check (not lower_inf(validity)),
  -- Civil Code Art 563: an authorisation ends; what names no term ends after a year.
  constraint representation_term check (kind <> 'authorised' or not upper_inf(validity)),
  constraint representation_revoked check (
    (revoked_on is null) = (revoked_by is null) and (revoked_on is null) = (revoked_reason is null)),
  -- Civil Code Art 47.2: one ward has one guardian at a time, or one couple.
  constraint representation_one_guardian exclude using gist (person_id with =, couple with <>, validity with &&)
    where (kind = 'guardian'),
  constraint representation_couple_of_two exclude using gist (joint_with with =, validity with &&),
  constraint representation_couple_of_different exclude using gist (person_id with =, representative_id with =, validity with &&)
    where (kind = 'guardian')
);
create index representation_person on representation (person_id);
create index representation_representative on representation (representative_id);

-- A person's right to one programme; who receives it and how: table payee (0008_payees). A row is a version: a change
-- ends it and adds the next, which names it; nothing but its end is ever written over (0009 says what guards that).
create table enrolment (
  id                   uuid primary key,
  person_id            uuid not null references person (id),
  commune_id           integer not null references commune (id),
  programme            text not null,
  -- A category of the decree, or a head: age then says which category of the head.
  category_code        text not null,
  head                 text not null,
  -- From the first day of the first month that is owed to the last day of the last one.
  valid_from           date not null,
  valid_to             date,
  -- The facts that the law asks for.
  decision_number      text,
  decision_date        date,
  certificate_month    date,
  requested_on         date,
  studying_until       date,
  pregnant_until       date,
  spouse_id            uuid references person (id),
  poor                 boolean not null default false,
  stop_reason          text references stop_reason (code),
  stop_decision        text,
  -- Entered when the system went live: owed from the first month that a list of ours carries, not from its start.
  taken_over           boolean not null default true,
  -- The business day of the latest act on it; null for none.
  acted_on             date,
  replaces             uuid references enrolment (id),
  void                 boolean not null default false,
  recorded_at          timestamptz not null default clock_timestamp(),
  constraint enrolment_ends_after check (valid_to >= valid_from),
  constraint enrolment_stop_named check (stop_reason is null or valid_to is not null),
  -- One person has each head once at any time: no month is owed twice, whoever moves whom.
  constraint enrolment_one_at_a_time exclude using gist
    (person_id with =, head with =, daterange(valid_from, valid_to, '[]') with &&) where (not void)
);
create index enrolment_commune on enrolment (commune_id, person_id);

select scope_by_commune(t) from unnest(array['payment_account', 'representation', 'enrolment']) as t;
select grant_to(role, 'select', 'payment_account, representation, enrolment') from unnest(array['_app', '_report']) as role;
select grant_to('_app', 'insert', 'payment_account, representation, enrolment');
select grant_to('_app', 'update (valid_to, stop_reason, stop_decision, acted_on, void)', 'enrolment');
select grant_to('_app', 'update (first_paid_at)', 'payment_account');
select grant_to('_app', 'update (revoked_on, revoked_reason, revoked_by)', 'representation');
