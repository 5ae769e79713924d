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
  recorded_at   timestamptz not null default clock_timestamp(),
  constraint payment_account_bank check ((kind = 'bank') = (bank_code is not null)),
  constraint payment_account_two_people check (entered_by <> confirmed_by)
);
create index payment_account_person on payment_account (person_id);
create index payment_account_number on payment_account (number_index);
create index payment_account_tail on payment_account (tail_index);
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

-- A person's right to one programme, and how the money reaches whoever receives it.
create table enrolment (
  id                   uuid primary key,
  person_id            uuid not null references person (id),
  commune_id           integer not null references commune (id),
  programme            text not null,
  category_code        text not null,
  valid_from           date not null,
  valid_to             date,
  method               text not null check (method in ('account', 'cash')),
  payee_id             uuid not null references person (id),
  representation_id    uuid references representation (id),
  payment_account_id   uuid references payment_account (id),
  constraint enrolment_account check ((method = 'account') = (payment_account_id is not null)),
  constraint enrolment_representative check ((payee_id = person_id) = (representation_id is null))
);
create index enrolment_commune on enrolment (commune_id, person_id);
create unique index enrolment_one_open on enrolment (person_id, programme) where valid_to is null;

select scope_by_commune(t) from unnest(array['payment_account', 'representation', 'enrolment']) as t;
select grant_to(role, 'select', 'payment_account, representation, enrolment') from unnest(array['_app', '_report']) as role;
select grant_to('_app', 'insert', 'payment_account, representation, enrolment');
select grant_to('_app', 'update (payment_account_id, valid_to)', 'enrolment');
