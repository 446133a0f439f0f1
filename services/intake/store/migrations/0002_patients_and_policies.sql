-- Patients, and what a clinic decides about their intake. Numbers of states and kinds are those of the proto enums. jsonb holds value lists that are read
-- whole and never searched.
create table patients (
  clinic          text not null check (clinic <> ''),
  id              text not null,
  given_name      text not null check (given_name <> ''),
  family_name     text not null check (family_name <> ''),
  preferred_name  text not null,
  match_name      text not null, -- family and given name as MatchKey makes them, joined by a bar
  birth_date      date not null,
  sex             smallint not null check (sex between 0 and 4),
  phone           text not null,
  email           text not null,
  address         jsonb,
  time_zone       text not null,
  emergency       jsonb,
  language_code   text not null,
  medication_list_version bigint not null default 1,
  version         bigint not null check (version >= 1),
  created_at      timestamptz not null,
  updated_at      timestamptz not null,
  deleted_at      timestamptz,
  primary key (clinic, id)
);
create index patients_by_name on patients (clinic, lower(family_name), lower(given_name), id);
create index patients_by_match on patients (clinic, match_name, birth_date);
create index patients_by_phone on patients (clinic, phone) where phone <> '';
select kat_tenant_table('patients');

create table patient_external_ids (
  clinic  text not null check (clinic <> ''),
  system  text not null check (system <> ''),
  value   text not null check (value <> ''),
  patient text not null,
  primary key (clinic, system, value),
  foreign key (clinic, patient) references patients (clinic, id)
);
create index external_ids_of_patient on patient_external_ids (clinic, patient);
select kat_tenant_table('patient_external_ids');

-- Dated decisions of a clinic. kind: 1 intake template, 2 consent template, 3 screening rules, 4 interaction rules, 5 intake policy. key: the program, of consent
-- templates their key, of the policy nothing.
create table dated_policies (
  clinic          text not null check (clinic <> ''),
  id              text not null,
  kind            smallint not null check (kind between 1 and 5),
  key             text not null check ((kind = 5) = (key = '')),
  effective_from  date not null,
  effective_until date check (effective_until > effective_from),
  content_hash    text not null check ((kind = 2) = (content_hash ~ '^[0-9a-f]{64}$')),
  resign_required boolean not null,
  body            jsonb not null,
  created_at      timestamptz not null,
  primary key (clinic, id),
  constraint dated_policies_overlap
    exclude using gist (clinic with =, kind with =, key with =, daterange(effective_from, effective_until) with &&)
);
create unique index dated_policies_content on dated_policies (clinic, key, content_hash) where kind = 2;
select kat_tenant_table('dated_policies');
