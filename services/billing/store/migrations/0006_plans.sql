create table payment_plans (
  clinic text not null, id text not null, seq bigint generated always as identity,
  patient text not null, estimate text not null, card text not null, program text not null, course text not null,
  state integer not null, version bigint not null, create_time timestamptz not null, update_time timestamptz not null,
  primary key (clinic, id),
  foreign key (clinic, estimate) references estimates,
  foreign key (clinic, card) references cards_on_file
);
create index plans_of_patient on payment_plans (clinic, patient, seq);
-- State 3 is CANCELLED: one other for an estimate.
create unique index one_plan_per_estimate on payment_plans (clinic, estimate) where state <> 3;
create table installments (
  clinic text not null, parent text not null, position integer not null,
  session_number integer not null, amount bigint not null check (amount > 0), state integer not null, due_time timestamptz,
  appointment text not null, attempts integer not null, last_decline_code text not null, payment text not null,
  primary key (clinic, parent, position),
  foreign key (clinic, parent) references payment_plans
);
create table financing_applications (
  clinic text not null, id text not null, seq bigint generated always as identity,
  patient text not null, program text not null, lender integer not null, estimate text not null, lender_reference text not null,
  state integer not null, approved_limit bigint not null, sale_amount bigint not null, promotion_months integer not null,
  fee bigint not null, payment text not null, apply_time timestamptz,
  version bigint not null, create_time timestamptz not null, update_time timestamptz not null,
  primary key (clinic, id)
);
create index financing_of_patient on financing_applications (clinic, patient, seq);
create index financing_of_payment on financing_applications (clinic, payment);
create table financial_reservations (
  clinic text not null, id text not null, seq bigint generated always as identity,
  patient text not null, course text not null, program text not null, state integer not null, amount bigint not null,
  expire_time timestamptz not null, version bigint not null, create_time timestamptz not null, update_time timestamptz not null,
  primary key (clinic, id)
);
create index reservations_of_patient on financial_reservations (clinic, patient, program);
create table reservation_conditions (
  clinic text not null, parent text not null, position integer not null,
  code text not null, state integer not null, subject text not null, description text not null, expire_time timestamptz,
  primary key (clinic, parent, position),
  foreign key (clinic, parent) references financial_reservations
);
-- Booked visits as scheduling told of them.
create table visits (
  clinic text not null, id text not null, seq bigint generated always as identity,
  patient text not null, course text not null, program text not null, visit_id text not null, visit_type text not null,
  session_number integer not null, start_time timestamptz not null, book_time timestamptz not null, state integer not null,
  cancelled_by_clinic boolean not null, late boolean not null, version bigint not null,
  primary key (clinic, id)
);
create index visits_of_patient on visits (clinic, patient, start_time);
select kat_tenant_table(name::regclass)
from unnest(array['payment_plans', 'installments', 'financing_applications', 'financial_reservations',
                  'reservation_conditions', 'visits']) as name;
