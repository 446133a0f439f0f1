create table billing_arrangements (
  clinic text not null, id text not null, seq bigint generated always as identity,
  patient text not null, program text not null, mode integer not null, payer text not null, member_id text not null,
  billing_consent_date date, diagnosis_codes text[] not null, established_patient boolean not null,
  referring_npi text not null, manufacturer_savings boolean not null,
  version bigint not null, create_time timestamptz not null, update_time timestamptz not null,
  primary key (clinic, id),
  constraint one_arrangement unique (clinic, patient, program)
);
create table estimates (
  clinic text not null, id text not null, seq bigint generated always as identity,
  patient text not null, program text not null, state integer not null, price_list text not null,
  accepted_scenario integer not null, expire_time timestamptz not null, accept_time timestamptz,
  version bigint not null, create_time timestamptz not null, update_time timestamptz not null,
  primary key (clinic, id),
  foreign key (clinic, price_list) references price_lists
);
create index estimates_of_patient on estimates (clinic, patient, seq);
-- State 2 is ACCEPTED: one for a patient and program.
create unique index one_accepted_estimate on estimates (clinic, patient, program) where state = 2;
create table estimate_lines (
  clinic text not null, parent text not null, position integer not null,
  visit_type text not null, description text not null, service_code text not null, quantity integer not null,
  unit_price bigint not null, discount bigint not null,
  primary key (clinic, parent, position),
  foreign key (clinic, parent) references estimates,
  check (discount between 0 and quantity * unit_price)
);
create table estimate_scenarios (
  clinic text not null, parent text not null, position integer not null,
  kind integer not null, due_before_booking bigint not null, sessions text[] not null, amounts text[] not null,
  primary key (clinic, parent, position),
  foreign key (clinic, parent) references estimates
);
create table good_faith_estimates (
  clinic text not null, id text not null, seq bigint generated always as identity,
  patient text not null, program text not null, estimate text not null, state integer not null, trigger integer not null,
  trigger_time timestamptz not null, due_date date not null, patient_display_name text not null, birth_date date,
  primary_description text not null, service_date date, diagnosis_codes text[] not null, recurrence text not null,
  period_start date, period_end date, separately_scheduled_items text[] not null, provider text not null,
  deliver_time timestamptz, method integer not null, supersedes text not null, exceeded boolean not null,
  version bigint not null, create_time timestamptz not null, update_time timestamptz not null,
  primary key (clinic, id),
  foreign key (clinic, estimate) references estimates
);
create index good_faith_of_patient on good_faith_estimates (clinic, patient, seq);
create table good_faith_lines (
  clinic text not null, parent text not null, position integer not null,
  visit_type text not null, description text not null, service_code text not null, quantity integer not null,
  unit_price bigint not null, discount bigint not null,
  primary key (clinic, parent, position),
  foreign key (clinic, parent) references good_faith_estimates
);
select kat_tenant_table(name::regclass)
from unnest(array['billing_arrangements', 'estimates', 'estimate_lines', 'estimate_scenarios', 'good_faith_estimates',
                  'good_faith_lines']) as name;
