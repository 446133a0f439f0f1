-- What is asked of others, signed by patients, and filed.
create table documents (
  clinic             text not null check (clinic <> ''),
  patient            text not null,
  id                 text not null,
  created_at         timestamptz not null,
  type               text not null check (type <> ''),
  loinc_code         text not null,
  title              text not null,
  media_type         text not null,
  document_date      date not null,
  author             text not null,
  external_reference text not null,
  size_bytes         bigint not null check (size_bytes between 1 and 3500000),
  sha256             text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  state              smallint not null check (state between 1 and 2),
  retract_reason     text not null,
  recorded_by        text not null,
  primary key (clinic, patient, id),
  foreign key (clinic, patient) references patients (clinic, id)
);
select kat_tenant_table('documents');

create table document_contents (
  clinic   text not null check (clinic <> ''),
  patient  text not null,
  document text not null,
  content  bytea not null check (octet_length(content) between 1 and 3500000),
  primary key (clinic, patient, document),
  foreign key (clinic, patient, document) references documents (clinic, patient, id)
);
select kat_tenant_table('document_contents');

create table records_requests (
  clinic         text not null check (clinic <> ''),
  patient        text not null,
  id             text not null,
  created_at     timestamptz not null,
  provider       jsonb not null,
  basis          smallint not null check (basis between 1 and 3),
  record_types   text[] not null check (cardinality(record_types) > 0),
  release        jsonb not null,
  state          smallint not null check (state between 1 and 12),
  channel        smallint not null check (channel between 0 and 6),
  send_reference text not null,
  sent_at        timestamptz,
  follow_ups_due integer not null check (follow_ups_due >= 0),
  next_follow_up timestamptz check (next_follow_up is null or state in (4, 5, 6)),
  documents      text[] not null,
  received_date  date,
  state_note     text not null,
  version        bigint not null check (version >= 1),
  updated_at     timestamptz not null,
  primary key (clinic, patient, id),
  foreign key (clinic, patient) references patients (clinic, id),
  check (state not in (4, 5, 6, 7, 8) or sent_at is not null),
  check (state not in (7, 8) or received_date is not null),
  check (('psychotherapy-notes' = any (record_types)) = (basis = 2)),
  check (basis <> 2 or cardinality(record_types) = 1)
);
create index records_requests_by_age on records_requests (clinic, created_at, id);
select kat_tenant_table('records_requests');

create table clearances (
  clinic        text not null check (clinic <> ''),
  patient       text not null,
  id            text not null,
  created_at    timestamptz not null,
  kind          text not null check (kind <> ''),
  clinician     jsonb not null,
  question      text not null,
  state         smallint not null check (state between 1 and 7),
  due_at        timestamptz not null,
  document      text not null,
  conditions    text not null check ((state = 5) <= (conditions <> '')),
  decision_date date check (state not in (4, 5, 6) or decision_date is not null),
  valid_through date,
  decided_by    text not null,
  state_note    text not null,
  version       bigint not null check (version >= 1),
  updated_at    timestamptz not null,
  primary key (clinic, patient, id),
  foreign key (clinic, patient) references patients (clinic, id)
);
create index clearances_by_age on clearances (clinic, created_at, id);
select kat_tenant_table('clearances');

create table consents (
  clinic              text not null check (clinic <> ''),
  patient             text not null,
  id                  text not null,
  created_at          timestamptz not null,
  consent_template    text not null,
  consent_key         text not null check (consent_key <> ''),
  content_hash        text not null check (content_hash ~ '^[0-9a-f]{64}$'),
  template_from       date not null,
  accepted_statements text[] not null,
  signature           jsonb not null,
  signed_date         date not null,
  valid_through       date check (valid_through >= signed_date),
  revoked_at          timestamptz,
  revoke_reason       text not null check ((revoked_at is null) = (revoke_reason = '')),
  recorded_by         text not null,
  primary key (clinic, patient, id),
  foreign key (clinic, patient) references patients (clinic, id),
  foreign key (clinic, consent_template) references dated_policies (clinic, id)
);
select kat_tenant_table('consents');
