-- Searches of a whole clinic for a better schedule, with what their result was decided on, and what was applied of it. The result is read whole: one
-- jsonb. Progress is apart, since it is written every second. `run` is the beginning that may write, until `lease_until`: real time by the database's
-- clock, so that replicas need not agree on theirs.
create table improvements (
  clinic      text not null,
  id          text not null,
  state       text not null
    check (state in ('QUEUED', 'RUNNING', 'READY', 'PARTLY_APPLIED', 'APPLIED', 'CANCELLED', 'FAILED')),
  body        jsonb not null,
  progress    jsonb not null,
  stop_early  boolean not null,
  attempts    integer not null check (attempts >= 0),
  run         text not null,
  lease_until timestamptz,
  version     bigint not null check (version > 0),
  created_at  timestamptz not null,
  updated_at  timestamptz not null,
  primary key (clinic, id),
  check ((run <> '') = (lease_until is not null)),
  check (run = '' or state = 'RUNNING')
);
create index improvements_by_age on improvements (clinic, created_at, id);
-- A clinic has one at a time.
create unique index improvements_under_way on improvements (clinic) where state in ('QUEUED', 'RUNNING');
select kat_tenant_table('improvements');

-- That an appointment stays where it is. The default stays: replicas of the version before do not write the column.
alter table appointments add column pinned boolean not null default false;
