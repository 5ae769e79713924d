-- Who receives what, through whom and into which account.

create table payment_account (
  id            uuid primary key,
  person_id     uuid not null references person (id),
  commune_id    integer not null references commune (id),
  kind          text not null check (kind in ('bank', 'wallet')),
  bank_code     text references bank (code),
  number        text not null check (number ~ '^[0-9A-Z]{6,19}$'),
  holder_name   text not null check (holder_name ~ '^[A-Z ]{2,70}$'),
  replaces      uuid references payment_account (id),
  entered_by    uuid not null,
  confirmed_by  uuid not null,
  recorded_at   timestamptz not null default clock_timestamp(),
  constraint payment_account_bank check ((kind = 'bank') = (bank_code is not null)),
  constraint payment_account_two_people check (entered_by <> confirmed_by)
);
create index payment_account_person on payment_account (person_id);
create unique index payment_account_replaced_once on payment_account (replaces) where replaces is not null;

create table representation (
  id                 uuid primary key,
  person_id          uuid not null references person (id),
  representative_id  uuid not null references person (id),
  commune_id         integer not null references commune (id),
  kind               text not null check (kind in ('guardian', 'authorised')),
  document_number    text not null,
  document_date      date not null,
  valid_from         date not null,
  valid_to           date not null check (valid_to > valid_from),
  constraint representation_two_people check (person_id <> representative_id)
);
create index representation_person on representation (person_id);

-- A person's right to one programme, and how the money reaches whoever receives it. A row is a version: a change
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
  method               text not null check (method in ('account', 'cash')),
  payee_id             uuid not null references person (id),
  representation_id    uuid references representation (id),
  payment_account_id   uuid references payment_account (id),
  constraint enrolment_ends_after check (valid_to >= valid_from),
  constraint enrolment_stop_named check (stop_reason is null or valid_to is not null),
  -- One person has each head once at any time: no month is owed twice, whoever moves whom.
  constraint enrolment_one_at_a_time exclude using gist
    (person_id with =, head with =, daterange(valid_from, valid_to, '[]') with &&) where (not void),
  constraint enrolment_account check ((method = 'account') = (payment_account_id is not null)),
  constraint enrolment_representative check ((payee_id = person_id) = (representation_id is null))
);
create index enrolment_commune on enrolment (commune_id, person_id);

select scope_by_commune(t) from unnest(array['payment_account', 'representation', 'enrolment']) as t;
select grant_to(role, 'select', 'payment_account, representation, enrolment') from unnest(array['_app', '_report']) as role;
select grant_to('_app', 'insert', 'payment_account, representation, enrolment');
select grant_to('_app', 'update (payment_account_id, valid_to, stop_reason, stop_decision, acted_on, void)', 'enrolment');
