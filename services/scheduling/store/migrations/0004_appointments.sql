create table appointments (
  clinic              text not null,
  id                  text not null,
  course              text,
  patient             text,
  block               integer not null,
  position            integer not null,  -- in its block, in protocol order
  visit_id            text not null,
  visit_type          text not null,
  session_number      integer not null,
  start_at            timestamptz not null,
  end_at              timestamptz not null,
  state               text not null check (state in ('BOOKED', 'CONFIRMED', 'CHECKED_IN', 'COMPLETED', 'CANCELLED', 'NO_SHOW')),
  assignments         jsonb not null,
  program             text not null,
  note                text not null,
  cancel_reason       text not null,
  cancelled_by_clinic boolean not null,
  version             bigint not null,
  created_at          timestamptz not null,
  updated_at          timestamptz not null,
  primary key (clinic, id),
  foreign key (clinic, course) references courses (clinic, id),
  check (start_at < end_at)
);
create index appointments_by_start on appointments (clinic, start_at, id);
create index appointments_of_patient on appointments (clinic, patient, start_at);
-- A visit of a course stands once.
create unique index appointments_visit on appointments (clinic, course, visit_id)
  where course is not null and state not in ('CANCELLED', 'NO_SHOW');
select kat_tenant_table('appointments');

create table holds (
  clinic     text not null,
  id         text not null,
  course     text not null,
  patient    text not null,
  plan       jsonb not null,
  state      text not null check (state in ('ACTIVE', 'BOOKED', 'RELEASED', 'EXPIRED')),
  expires_at timestamptz not null,
  created_at timestamptz not null,
  primary key (clinic, id),
  foreign key (clinic, course) references courses (clinic, id)
);
create index holds_by_age on holds (clinic, created_at, id);
create unique index holds_of_course on holds (clinic, course) where state = 'ACTIVE';
select kat_tenant_table('holds');

-- Bookings that are being tried, by caller and request id. What a try reserves at billing and authorization goes by its `reserve_id`, so that after a crash
-- the same reservations are found again; a try that has failed is removed, and the next one reserves anew.
create table gate_attempts (
  clinic     text not null,
  key        text not null,
  reserve_id text not null,
  primary key (clinic, key)
);
select kat_tenant_table('gate_attempts');
