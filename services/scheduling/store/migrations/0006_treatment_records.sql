-- What happened at a dosing visit. Its lists are read and written whole, with the record, and never searched: one jsonb.
create table treatment_records (
  clinic         text not null,
  appointment    text not null,
  patient        text not null,
  course         text not null,
  program        text not null,
  session_number integer not null check (session_number >= 0),
  state          text not null check (state in ('CHECKED_IN', 'TREATING', 'OBSERVING', 'COMPLETED', 'NOT_TREATED')),
  checked_in_at  timestamptz not null,
  body           jsonb not null,
  version        bigint not null check (version > 0),
  updated_at     timestamptz not null,
  primary key (clinic, appointment)
);
select kat_tenant_table('treatment_records');
