-- Intake cases and their steps.
create table intake_cases (
  clinic             text not null check (clinic <> ''),
  patient            text not null,
  id                 text not null,
  program            text not null check (program <> ''),
  intake_template    text not null,
  state              smallint not null check (state between 1 and 4),
  close_reason       smallint not null check (close_reason between 0 and 6),
  state_note         text not null,
  referral           jsonb,
  external_reference text not null,
  version            bigint not null check (version >= 1),
  created_at         timestamptz not null,
  updated_at         timestamptz not null,
  closed_at          timestamptz,
  primary key (clinic, patient, id),
  foreign key (clinic, patient) references patients (clinic, id),
  foreign key (clinic, intake_template) references dated_policies (clinic, id),
  check ((state = 4) = (closed_at is not null)),
  check ((state = 4) = (close_reason <> 0))
);
create unique index intake_cases_one_open on intake_cases (clinic, patient, program) where state <> 4;
create unique index intake_cases_referral on intake_cases (clinic, external_reference) where external_reference <> '';
create index intake_cases_by_age on intake_cases (clinic, created_at, id);
select kat_tenant_table('intake_cases');

create table intake_steps (
  clinic             text not null check (clinic <> ''),
  patient            text not null,
  intake_case        text not null,
  key                text not null check (key <> ''),
  position           smallint not null,
  kind               smallint not null check (kind between 1 and 8),
  title              text not null,
  required           boolean not null,
  validity_days      integer not null check (validity_days >= 0),
  responsible        smallint not null check (responsible > 0),
  due_business_days  integer not null check (due_business_days >= 0),
  tool               smallint not null check ((kind = 3) = (tool <> 0)),
  consent_key        text not null check ((kind = 7) = (consent_key <> '')),
  document_type      text not null check ((kind = 8) = (document_type <> '')),
  clearance_kind     text not null check ((kind = 6) = (clearance_kind <> '')),
  state              smallint not null check (state between 1 and 5),
  due_at             timestamptz not null,
  overdue_reported   boolean not null,
  assignee           text not null,
  evidence           text not null, -- collection/id
  evidence_date      date,
  valid_through      date,
  waive_reason       text not null,
  waived_by          text not null,
  waived_at          timestamptz,
  primary key (clinic, patient, intake_case, key),
  unique (clinic, patient, intake_case, position),
  foreign key (clinic, patient, intake_case) references intake_cases (clinic, patient, id),
  check ((state = 4) = (waived_at is not null)),
  check (state <> 4 or kind <> 7),
  check (state <> 3 or evidence <> '')
);
select kat_tenant_table('intake_steps');
