create table cards_on_file (
  clinic text not null, id text not null, seq bigint generated always as identity,
  patient text not null, brand text not null, last4 text not null, expiry_month integer not null, expiry_year integer not null,
  token text not null, consent_time timestamptz not null, consent_reference text not null, state integer not null,
  create_time timestamptz not null,
  primary key (clinic, id)
);
create index cards_of_patient on cards_on_file (clinic, patient, seq);
create table payments (
  clinic text not null, id text not null, seq bigint generated always as identity,
  patient text not null, program text not null, course text not null, purpose integer not null, tender integer not null,
  amount bigint not null check (amount > 0), card text not null, reference text not null, state integer not null,
  decline_code text not null, processor text not null, processor_reference text not null, idempotency_key text not null,
  refunded bigint not null, unapplied bigint not null, dispute integer not null, fee bigint not null,
  capture_time timestamptz, version bigint not null, create_time timestamptz not null, update_time timestamptz not null,
  primary key (clinic, id),
  constraint one_payment_per_key unique (clinic, idempotency_key),
  constraint refund_within_payment check (refunded between 0 and amount and unapplied between 0 and amount - refunded)
);
create index payments_of_patient on payments (clinic, patient, seq);
create index payments_unapplied on payments (clinic, seq) where unapplied > 0;
create table refunds (
  clinic text not null, id text not null, seq bigint generated always as identity,
  payment text not null, patient text not null, amount bigint not null check (amount > 0), reason text not null,
  tender integer not null, state integer not null, processor_reference text not null, failure_code text not null,
  create_time timestamptz not null, update_time timestamptz not null,
  primary key (clinic, id),
  foreign key (clinic, payment) references payments
);
create index refunds_of_patient on refunds (clinic, patient, seq);
create table charges (
  clinic text not null, id text not null, seq bigint generated always as identity,
  patient text not null, appointment text not null, course text not null, program text not null, visit_type text not null,
  description text not null, service_code text not null, amount bigint not null, single_price bigint not null,
  service_date date not null, transaction text not null, create_time timestamptz not null,
  primary key (clinic, id),
  constraint one_charge_per_visit unique (clinic, appointment)
);
create index charges_of_patient on charges (clinic, patient, seq);
create table cancellation_fees (
  clinic text not null, id text not null, seq bigint generated always as identity,
  patient text not null, appointment text not null, policy text not null, cause integer not null, state integer not null,
  amount bigint not null, waive_reason text not null, transaction text not null,
  version bigint not null, create_time timestamptz not null, update_time timestamptz not null,
  primary key (clinic, id),
  constraint one_fee_per_visit unique (clinic, appointment),
  foreign key (clinic, policy) references cancellation_policies
);
create index fees_of_patient on cancellation_fees (clinic, patient, seq);
select kat_tenant_table(name::regclass)
from unnest(array['cards_on_file', 'payments', 'refunds', 'charges', 'cancellation_fees']) as name;
