-- Dated data: versions of one key never overlap.
create table price_lists (
  clinic text not null, id text not null, seq bigint generated always as identity,
  program text not null, display_name text not null, default_mode integer not null,
  effective_from date not null, effective_until date,
  package_visit_type text not null, package_sessions integer not null, package_price bigint not null,
  estimate_valid_days integer not null, create_time timestamptz not null,
  primary key (clinic, id),
  exclude using gist (clinic with =, program with =, daterange(effective_from, effective_until) with &&)
);
create table price_list_lines (
  clinic text not null, parent text not null, position integer not null,
  visit_type text not null, description text not null, service_code text not null, price bigint not null check (price >= 0),
  primary key (clinic, parent, position),
  foreign key (clinic, parent) references price_lists
);
create table cancellation_policies (
  clinic text not null, id text not null, seq bigint generated always as identity,
  program text not null, effective_from date not null, effective_until date,
  notice_hours integer not null, business_hours boolean not null,
  late_cancel_fee bigint not null, no_show_fee bigint not null,
  repeat_count integer not null, repeat_window_days integer not null, create_time timestamptz not null,
  primary key (clinic, id),
  exclude using gist (clinic with =, program with =, daterange(effective_from, effective_until) with &&)
);
create table deposit_policies (
  clinic text not null, id text not null, seq bigint generated always as identity,
  program text not null, effective_from date not null, effective_until date,
  amount bigint, basis_points integer, required_before_booking boolean not null,
  early_stop_fee bigint not null, unwind_package_discount boolean not null, create_time timestamptz not null,
  primary key (clinic, id),
  check ((amount is null) <> (basis_points is null)),
  exclude using gist (clinic with =, program with =, daterange(effective_from, effective_until) with &&)
);
create table service_codes (
  clinic text not null, id text not null, seq bigint generated always as identity,
  code text not null, system integer not null, description text not null, unit text not null,
  effective_from date not null, effective_until date, create_time timestamptz not null,
  primary key (clinic, id),
  exclude using gist (clinic with =, code with =, daterange(effective_from, effective_until) with &&)
);
create table payer_code_sets (
  clinic text not null, id text not null, seq bigint generated always as identity,
  payer text not null, program text not null, effective_from date not null, effective_until date,
  structure integer not null, place_of_service text not null, diagnosis_prefixes text[] not null,
  timely_filing_days integer not null, min_observation_minutes integer not null, min_blood_pressures integer not null,
  ndc_unit text not null, authorization_required boolean not null, rems_required boolean not null,
  government boolean not null, create_time timestamptz not null,
  primary key (clinic, id),
  exclude using gist (clinic with =, payer with =, program with =, daterange(effective_from, effective_until) with &&)
);
create table payer_code_rules (
  clinic text not null, parent text not null, position integer not null,
  code text not null, kind integer not null, unit_basis integer not null, above_dose_mg integer not null,
  up_to_dose_mg integer not null, service_from date, service_until date, modifiers text[] not null,
  unit_charge bigint not null,
  primary key (clinic, parent, position),
  foreign key (clinic, parent) references payer_code_sets
);
create table lender_policies (
  clinic text not null, id text not null, seq bigint generated always as identity,
  lender integer not null, effective_from date not null, effective_until date,
  max_future_service_days integer not null, large_sale_above bigint, large_sale_wait_days integer not null,
  create_time timestamptz not null,
  primary key (clinic, id),
  exclude using gist (clinic with =, lender with =, daterange(effective_from, effective_until) with &&)
);
create table lender_promotions (
  clinic text not null, parent text not null, position integer not null,
  months integer not null, fee_basis_points integer not null, minimum bigint not null,
  primary key (clinic, parent, position),
  foreign key (clinic, parent) references lender_policies
);
create table billing_settings (
  clinic text not null,
  currency_code text not null, provider_name text not null, npi text not null, tin text not null, taxonomy_code text not null,
  address text not null, state_code text not null, gfe_alert bigint not null, retry_days text[] not null,
  charge_minute integer not null, version bigint not null, update_time timestamptz not null,
  primary key (clinic)
);
select kat_tenant_table(name::regclass)
from unnest(array['price_lists', 'price_list_lines', 'cancellation_policies', 'deposit_policies', 'service_codes',
                  'payer_code_sets', 'payer_code_rules', 'lender_policies', 'lender_promotions', 'billing_settings']) as name;
