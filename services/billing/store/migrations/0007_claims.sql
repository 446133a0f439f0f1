create table claims (
  clinic text not null, id text not null, seq bigint generated always as identity,
  patient text not null, appointment text not null, course text not null, payer text not null, program text not null,
  service_date date not null, state integer not null, diagnosis_codes text[] not null, place_of_service text not null,
  member_id text not null, authorization_number text not null, rendering_npi text not null, billing_npi text not null,
  ndc text not null, eligibility_confirmed boolean not null, filing_deadline date not null, submission_channel text not null,
  submission_reference text not null, submit_time timestamptz, payer_control_number text not null, paid_amount bigint not null,
  adjustment_codes text[] not null, version bigint not null, create_time timestamptz not null, update_time timestamptz not null,
  primary key (clinic, id),
  constraint one_claim_per_visit unique (clinic, appointment)
);
create index claims_of_patient on claims (clinic, patient, seq);
create table claim_lines (
  clinic text not null, parent text not null, position integer not null,
  code text not null, kind integer not null, modifiers text[] not null, units integer not null, charge bigint not null,
  drug_identification text not null,
  primary key (clinic, parent, position),
  foreign key (clinic, parent) references claims
);
create table claim_findings (
  clinic text not null, parent text not null, position integer not null,
  code text not null, severity integer not null, message text not null,
  primary key (clinic, parent, position),
  foreign key (clinic, parent) references claims
);
select kat_tenant_table(name::regclass) from unnest(array['claims', 'claim_lines', 'claim_findings']) as name;
