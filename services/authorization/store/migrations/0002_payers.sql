-- Payers, their dated policies with criteria as typed rows, program rules, settings, and who pays for a patient.

create table payers (
  clinic              text not null check (clinic <> ''),
  payer               text not null,
  display_name        text not null,
  electronic_payer_id text not null,
  portal_uri          text not null,
  phone               text not null,
  fax                 text not null,
  version             bigint not null,
  created_at          timestamptz not null,
  updated_at          timestamptz not null,
  primary key (clinic, payer),
  constraint payer_display_name unique (clinic, display_name)
);
select kat_tenant_table('payers');

create table payer_policies (
  clinic                 text not null check (clinic <> ''),
  policy                 text not null,
  payer                  text not null,
  program                text not null,
  plan                   text not null,
  title                  text not null,
  source                 text not null,
  effective_from         date not null,
  effective_until        date check (effective_until > effective_from),
  policy_version         integer not null,
  authorization_required boolean not null,
  initial_months         integer not null,
  initial_days           integer not null,
  initial_visits         integer,
  initial_drug_mg        integer,
  initial_devices        integer,
  renewal_months         integer not null,
  renewal_days           integer not null,
  renewal_visits         integer,
  renewal_drug_mg        integer,
  renewal_devices        integer,
  weekly_visits          integer,
  weekly_drug_mg         integer,
  weekly_devices         integer,
  turnaround_days        integer not null,
  created_at             timestamptz not null,
  primary key (clinic, policy),
  foreign key (clinic, payer) references payers (clinic, payer),
  constraint payer_policy_days exclude using gist
    (clinic with =, payer with =, program with =, plan with =, daterange(effective_from, effective_until) with &&)
);
select kat_tenant_table('payer_policies');

-- One row a criterion; which columns count is told by `kind`.
create table policy_criteria (
  clinic                  text not null check (clinic <> ''),
  policy                  text not null,
  position                integer not null,
  criterion               text not null,
  words                   text not null,
  applies_to              integer not null,
  kind                    text not null check (kind in ('TRIALS', 'SEVERITY', 'AGE', 'DIAGNOSIS', 'SPECIALIST', 'PSYCHOTHERAPY',
                                                        'ORAL_ANTIDEPRESSANT', 'EXCLUSION', 'RESPONSE')),
  drug_classes            text[] not null default '{}',
  min_trials              integer not null default 0,
  min_weeks               integer not null default 0,
  min_distinct_classes    integer not null default 0,
  look_back_months        integer not null default 0,
  current_episode         boolean not null default false,
  adherent                boolean not null default false,
  partial_response_counts boolean not null default false,
  intolerance_counts      boolean not null default false,
  tools                   text[] not null default '{}',
  min_scores              integer[] not null default '{}',
  max_age_days            integer not null default 0,
  min_years               integer not null default 0,
  max_years               integer not null default 0,
  codes                   text[] not null default '{}',
  except_codes            text[] not null default '{}',
  min_drop_percent        integer not null default 0,
  primary key (clinic, policy, position),
  foreign key (clinic, policy) references payer_policies (clinic, policy)
);
select kat_tenant_table('policy_criteria');

create table decision_clocks (
  clinic                 text not null check (clinic <> ''),
  policy                 text not null,
  line_of_business       integer not null,
  standard_amount        integer not null,
  standard_unit          integer not null,
  urgent_amount          integer not null,
  urgent_unit            integer not null,
  peer_to_peer_days      integer not null,
  appeal_days            integer not null,
  appeal_amount          integer not null,
  appeal_unit            integer not null,
  appeal_levels          integer not null,
  external_review_days   integer not null,
  external_review_amount integer not null,
  external_review_unit   integer not null,
  source                 text not null,
  primary key (clinic, policy, line_of_business),
  foreign key (clinic, policy) references payer_policies (clinic, policy)
);
select kat_tenant_table('decision_clocks');

create table program_rules (
  clinic              text not null check (clinic <> ''),
  program             text not null,
  payer_billed        boolean not null,
  rems_required       boolean not null,
  drug                text not null,
  mg_per_device       integer not null,
  dose_from_sessions  integer[] not null,
  dose_devices        integer[] not null,
  concomitant_classes text[] not null,
  version             bigint not null,
  updated_at          timestamptz not null,
  primary key (clinic, program)
);
select kat_tenant_table('program_rules');

create table settings (
  clinic               text not null check (clinic <> ''),
  renewal_days         integer[] not null,
  renewal_visits_left  integer not null,
  monitoring_form_days integer[] not null,
  version              bigint not null,
  primary key (clinic)
);
select kat_tenant_table('settings');

create table insurance_coverages (
  clinic           text not null check (clinic <> ''),
  insurance        text not null,
  patient          text not null,
  payer            text not null,
  member_id        text not null,
  group_number     text not null,
  plan             text not null,
  benefit          integer not null,
  line_of_business integer not null,
  rank             integer not null,
  effective_from   date not null,
  effective_until  date check (effective_until > effective_from),
  verified_at      timestamptz,
  verified_by      text not null,
  version          bigint not null,
  created_at       timestamptz not null,
  updated_at       timestamptz not null,
  primary key (clinic, insurance),
  foreign key (clinic, payer) references payers (clinic, payer),
  constraint insurance_rank_days exclude using gist
    (clinic with =, patient with =, rank with =, daterange(effective_from, effective_until) with &&)
);
create index insurance_of_patient on insurance_coverages (clinic, patient, rank);
select kat_tenant_table('insurance_coverages');

create table self_pay_elections (
  clinic          text not null check (clinic <> ''),
  self_pay        text not null,
  patient         text not null,
  program         text not null,
  effective_from  date not null,
  effective_until date check (effective_until > effective_from),
  version         bigint not null,
  created_at      timestamptz not null,
  primary key (clinic, self_pay),
  constraint self_pay_days exclude using gist
    (clinic with =, patient with =, program with =, daterange(effective_from, effective_until) with &&)
);
select kat_tenant_table('self_pay_elections');
