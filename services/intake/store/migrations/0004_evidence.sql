-- What is known of a patient. Records that people sign are never changed: a later one takes their place.
create table psychiatric_evaluations (
  clinic          text not null check (clinic <> ''),
  patient         text not null,
  id              text not null,
  created_at      timestamptz not null,
  evaluation_date date not null,
  evaluator       jsonb not null,
  diagnoses       jsonb not null,
  trials          jsonb not null,
  psychosis       smallint not null check (psychosis between 1 and 4),
  mania           smallint not null check (mania between 1 and 4),
  substance_use   smallint not null check (substance_use between 1 and 4),
  psychotherapy   text not null,
  assessment      text not null,
  document        text not null,
  recorded_by     text not null,
  primary key (clinic, patient, id),
  foreign key (clinic, patient) references patients (clinic, id)
);
select kat_tenant_table('psychiatric_evaluations');

create table medical_screenings (
  clinic         text not null check (clinic <> ''),
  patient        text not null,
  id             text not null,
  created_at     timestamptz not null,
  program        text not null,
  screening_date date not null,
  screener       jsonb not null,
  vitals         jsonb not null,
  answers        jsonb not null,
  verdict        smallint not null check (verdict between 1 and 4),
  result         jsonb not null,
  recorded_by    text not null,
  primary key (clinic, patient, id),
  foreign key (clinic, patient) references patients (clinic, id)
);
select kat_tenant_table('medical_screenings');

create table measures (
  clinic            text not null check (clinic <> ''),
  patient           text not null,
  id                text not null,
  created_at        timestamptz not null,
  tool              smallint not null check (tool between 1 and 5),
  administered_date date not null,
  items             jsonb not null,
  rater             text not null,
  total             smallint not null check (total between 0 and 80),
  prorated          boolean not null,
  band              text not null check (band <> ''),
  risk_review       text not null,
  recorded_by       text not null,
  primary key (clinic, patient, id),
  foreign key (clinic, patient) references patients (clinic, id)
);
select kat_tenant_table('measures');

create table risk_reviews (
  clinic      text not null check (clinic <> ''),
  patient     text not null,
  id          text not null,
  created_at  timestamptz not null,
  measure     text not null,
  trigger     smallint not null check (trigger between 1 and 4),
  state       smallint not null check (state between 1 and 2),
  due_at      timestamptz not null,
  action      smallint not null check (action between 0 and 5),
  note        text not null,
  resolved_by text not null,
  resolved_at timestamptz,
  primary key (clinic, patient, id),
  foreign key (clinic, patient, measure) references measures (clinic, patient, id),
  check ((state = 2) = (resolved_at is not null and action <> 0 and note <> '' and resolved_by <> ''))
);
create index risk_reviews_by_age on risk_reviews (clinic, created_at, id);
select kat_tenant_table('risk_reviews');

create table medications (
  clinic      text not null check (clinic <> ''),
  patient     text not null,
  id          text not null,
  created_at  timestamptz not null,
  drug        text not null check (drug <> ''),
  drug_class  text not null,
  dose        text not null,
  route       text not null,
  start_date  date,
  end_date    date check (end_date >= start_date),
  stop_reason text not null,
  prescriber  text not null,
  primary key (clinic, patient, id),
  foreign key (clinic, patient) references patients (clinic, id)
);
select kat_tenant_table('medications');

create table medication_verifications (
  clinic           text not null check (clinic <> ''),
  patient          text not null,
  id               text not null,
  created_at       timestamptz not null,
  verified_date    date not null,
  verified_by      text not null check (verified_by <> ''),
  source           text not null,
  changes          text not null,
  list_version     bigint not null,
  signed_off_codes text[] not null,
  primary key (clinic, patient, id),
  foreign key (clinic, patient) references patients (clinic, id)
);
select kat_tenant_table('medication_verifications');
