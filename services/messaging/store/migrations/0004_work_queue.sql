-- The team's queue, and what readers of summaries have seen.

create table work_items (
  clinic          text not null,
  id              text not null,
  owner           text not null,
  kind            text not null,
  subject         text not null,
  subject_version bigint not null,
  patient         text not null,
  related_keys    text[] not null,
  related_values  text[] not null,
  role            integer not null,
  urgency         integer not null,
  due_at          timestamptz,
  state           integer not null,
  assignee        text not null,
  snoozed_until   timestamptz,
  snooze_reason   text not null,
  resolution      text not null,
  revision        bigint not null,
  opened_at       timestamptz not null,
  resolved_at     timestamptz,
  updated_at      timestamptz not null,
  primary key (clinic, id),
  constraint work_items_once unique (clinic, owner, kind, subject)
);
create index work_items_in_order on work_items (clinic, (-urgency), (coalesce(due_at, 'infinity')), opened_at, id) where state <> 4;
create index work_items_of_patient on work_items (clinic, patient);
select kat_tenant_table('work_items');

create table summary_readings (
  clinic        text not null,
  patient       text not null,
  reader        text not null,
  shown_version bigint not null,
  shown_keys    text[] not null,
  shown_hashes  text[] not null,
  read_version  bigint not null,
  read_keys     text[] not null,
  read_hashes   text[] not null,
  read_at       timestamptz,
  primary key (clinic, patient, reader)
);
select kat_tenant_table('summary_readings');
