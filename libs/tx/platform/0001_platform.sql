-- Version 1 of every service's schema: what libs/tx works on, and how a table becomes a tenant's.
--
-- Each service has three roles, none of which may bypass row-level security: kat_<service>_owner runs migrations, kat_<service> serves
-- requests, kat_<service>_worker runs jobs, consumers and feeds. A transaction names its clinic in `kat.clinic` (libs/pg sets it); without
-- one it sees no clinic's rows, whatever the SQL. The owner is held to the same rule: a migration that changes rows does it clinic by
-- clinic, with kat_for_each_clinic.

create function kat_clinic() returns text
language sql stable parallel safe
as $$ select nullif(current_setting('kat.clinic', true), '') $$;

create function kat_role(suffix text) returns text
language plpgsql stable
as $$
begin
  if current_user not like 'kat\_%\_owner' then
    raise exception 'migrations run as kat_<service>_owner, not as %', current_user;
  end if;
  return regexp_replace(current_user, '_owner$', '') || suffix;
end $$;

-- Puts a table under row-level security by clinic and lets the service and its worker use it. Call it in the migration that creates the
-- table: select kat_tenant_table('patients');
create function kat_tenant_table(name regclass) returns void
language plpgsql
as $$
begin
  if (select attname from pg_attribute where attrelid = name and attnum = 1 and attnotnull) is distinct from 'clinic' then
    raise exception 'the first column of % must be `clinic text not null`', name;
  end if;
  if exists (select from pg_constraint c
             where c.conrelid = name and c.contype in ('p', 'u', 'f', 'x')
               and not exists (select from pg_attribute a
                               where a.attrelid = name and a.attname = 'clinic' and a.attnum = any (c.conkey))
               and not exists (select from pg_attribute a
                               where a.attrelid = name and a.attidentity <> '' and a.attnum = any (c.conkey))) then
    raise exception 'every key and exclusion of % must hold its clinic', name;
  end if;
  execute format('alter table %s enable row level security', name);
  execute format('alter table %s force row level security', name);
  execute format('create policy clinic on %s using (clinic = kat_clinic()) with check (clinic = kat_clinic())', name);
  execute format('grant select, insert, update, delete on %s to %I, %I', name, kat_role(''), kat_role('_worker'));
end $$;

-- Lets the worker see the rows of all clinics as well: for the queue, outbox and inbox tables below and no others.
create function kat_worker_table(name regclass) returns void
language plpgsql
as $$
begin
  execute format('create policy worker on %s to %I using (true) with check (true)', name, kat_role('_worker'));
end $$;

create function kat_refuse_change() returns trigger
language plpgsql
as $$ begin raise exception 'append_only'; end $$;

-- Rows of the table can be added and never changed or removed, by nobody.
create function kat_append_only(name regclass) returns void
language plpgsql
as $$
begin
  execute format('revoke update, delete, truncate on %s from %I, %I', name, kat_role(''), kat_role('_worker'));
  execute format('create trigger append_only before update or delete on %s for each row execute function kat_refuse_change()', name);
  execute format('create trigger append_only_whole before truncate on %s for each statement execute function kat_refuse_change()', name);
end $$;

create function kat_notify() returns trigger
language plpgsql
as $$ begin perform pg_notify(tg_argv[0], ''); return null; end $$;

-- The clinics, as scheduling tells them.
create table clinic_directory (
  clinic       text not null check (clinic <> ''),
  display_name text not null,
  phone        text not null,
  time_zone    text not null,
  holidays     date[] not null,
  disabled     boolean not null,
  primary key (clinic)
);
select kat_tenant_table('clinic_directory'), kat_worker_table('clinic_directory');
create policy migrate on clinic_directory for select to current_user using (true);

-- Runs `statement` once for each clinic, under it: for a migration that changes rows.
create function kat_for_each_clinic(statement text) returns void
language plpgsql
as $$
declare
  each text;
begin
  for each in select clinic from clinic_directory order by clinic loop
    perform set_config('kat.clinic', each, true);
    execute statement;
  end loop;
  perform set_config('kat.clinic', '', true);
end $$;

-- Events. Their order is (xid, seq): seq alone is not, since a transaction that began earlier may write its event later.
create table outbox (
  clinic          text not null check (clinic <> ''),
  xid             xid8 not null default pg_current_xact_id(),
  seq             bigint generated always as identity,
  type            text not null,
  subject         text not null,
  subject_version bigint not null,
  state           text not null,
  related         jsonb not null,
  occurred_at     timestamptz not null,
  trace_id        text not null,
  work_kind       text,
  work_closed     boolean,
  work_role       integer,
  work_due_at     timestamptz,
  work_urgency    integer,
  primary key (xid, seq),
  check ((work_kind is null) = (work_closed is null and work_role is null and work_urgency is null))
);
create index outbox_of_clinic on outbox (clinic, xid, seq);
select kat_tenant_table('outbox'), kat_worker_table('outbox'), kat_append_only('outbox');
create trigger notify after insert on outbox for each statement execute function kat_notify('kat_outbox');

-- Work due later. A job that is scheduled again gets a new id, so that a worker that saw the old one cannot take it for done.
create table jobs (
  clinic   text not null check (clinic <> ''),
  id       bigint generated by default as identity unique,
  kind     text not null,
  key      text not null,
  due_at   timestamptz not null,
  payload  text not null,
  attempts integer not null default 0,
  primary key (clinic, kind, key)
);
create index jobs_due on jobs (due_at, id);
select kat_tenant_table('jobs'), kat_worker_table('jobs');
create trigger notify after insert or update on jobs for each statement execute function kat_notify('kat_jobs');

-- Jobs that failed for good, for a person. parked_at is real time.
create table parked_jobs (
  clinic    text not null check (clinic <> ''),
  id        bigint not null,
  kind      text not null,
  key       text not null,
  due_at    timestamptz not null,
  payload   text not null,
  attempts  integer not null,
  error     text not null,
  parked_at timestamptz not null default now(),
  primary key (clinic, id)
);
select kat_tenant_table('parked_jobs'), kat_worker_table('parked_jobs');

-- Where this service stands in each feed that it consumes. Of no clinic, and of no use to the serving role.
create table feed_cursors (
  feed   text primary key,
  cursor text not null
);
do $$ begin execute format('grant select, insert, update on feed_cursors to %I', kat_role('_worker')); end $$;

-- Events that could not be applied, for a person.
create table parked_events (
  clinic    text not null check (clinic <> ''),
  feed      text not null,
  cursor    text not null,
  type      text not null,
  error     text not null,
  parked_at timestamptz not null,
  primary key (clinic, feed, cursor)
);
select kat_tenant_table('parked_events'), kat_worker_table('parked_events');

-- The answers to mutations, by request id. Nothing expires.
create table request_journal (
  clinic     text not null check (clinic <> ''),
  caller     text not null,
  method     text not null,
  request_id text not null,
  body_hash  text not null,
  response   bytea not null,
  stored_at  timestamptz not null,
  primary key (clinic, caller, method, request_id)
);
select kat_tenant_table('request_journal'), kat_append_only('request_journal');

-- Who touched whose data. Sealed into a hash chain per clinic by libs/tx/audit_chain.h.
create table audit_log (
  clinic      text not null check (clinic <> ''),
  xid         xid8 not null default pg_current_xact_id(),
  id          bigint generated always as identity,
  occurred_at timestamptz not null,
  actor       text not null,
  roles       text not null,
  method      text not null,
  subject     text not null,
  outcome     text not null,
  request_id  text not null,
  trace_id    text not null,
  primary key (clinic, xid, id)
);
create index audit_log_of_subject on audit_log (clinic, subject, id);
select kat_tenant_table('audit_log'), kat_append_only('audit_log');

create table audit_seal (
  clinic    text not null check (clinic <> ''),
  position  bigint not null check (position >= 1),
  xid       xid8 not null,
  id        bigint not null,
  hash      bytea not null,
  sealed_at timestamptz not null default now(),
  primary key (clinic, position),
  unique (clinic, xid, id)
);
select kat_tenant_table('audit_seal'), kat_append_only('audit_seal');

-- Clinics that have audit rows: where the worker looks for something to seal, since it may read audit_log under a clinic only.
create table audit_clinics (
  clinic text not null check (clinic <> ''),
  primary key (clinic)
);
select kat_tenant_table('audit_clinics'), kat_worker_table('audit_clinics');
create function kat_note_audited_clinic() returns trigger
language plpgsql
as $$
begin
  if not exists (select from audit_clinics where clinic = new.clinic) then
    insert into audit_clinics values (new.clinic) on conflict do nothing;
  end if;
  return null;
end $$;
create trigger note_clinic after insert on audit_log for each row execute function kat_note_audited_clinic();
