-- The Spravato REMS and the drug cabinet. A lot's quantities are kept by the trigger under its ledger, which is append-only, and are never
-- below zero.
create table rems_settings (
  clinic                    text not null check (clinic <> ''),
  rems_setting              text not null,
  display_name              text not null,
  setting_type              integer not null,
  representative_name       text not null,
  representative_title      text not null,
  representative_phone      text not null,
  representative_email      text not null,
  acquires_patient_specific boolean not null,
  acquires_bulk             boolean not null,
  state                     text not null,
  rems_id                   text not null,
  certified_from            date,
  suspended_from            date,
  reenrollment_due          boolean not null,
  version                   bigint not null,
  created_at                timestamptz not null,
  updated_at                timestamptz not null,
  primary key (clinic, rems_setting)
);
select kat_tenant_table('rems_settings');

create table rems_sites (
  clinic              text not null check (clinic <> ''),
  rems_setting        text not null,
  position            integer not null,
  display_name        text not null,
  region_code         text not null,
  postal_code         text not null,
  administrative_area text not null,
  locality            text not null,
  address_lines       text[] not null,
  phone               text not null,
  dea_number          text not null,
  primary key (clinic, rems_setting, position),
  foreign key (clinic, rems_setting) references rems_settings (clinic, rems_setting)
);
select kat_tenant_table('rems_sites');

create table rems_enrollments (
  clinic            text not null check (clinic <> ''),
  rems_enrollment   text not null,
  patient           text not null,
  rems_setting      text not null,
  prescriber_name   text not null,
  patient_signed    date,
  prescriber_signed date,
  state             text not null,
  channel           integer not null,
  confirmation      text not null,
  submitted_at      timestamptz,
  rems_patient_id   text not null,
  enrolled_from     date,
  ended_from        date,
  end_reason        text not null,
  version           bigint not null,
  created_at        timestamptz not null,
  updated_at        timestamptz not null,
  primary key (clinic, rems_enrollment),
  foreign key (clinic, rems_setting) references rems_settings (clinic, rems_setting)
);
create unique index rems_enrollment_of_patient on rems_enrollments (clinic, patient) where state <> 'ENDED';
select kat_tenant_table('rems_enrollments');

create table monitoring_forms (
  clinic              text not null check (clinic <> ''),
  monitoring_form     text not null,
  appointment         text not null,
  patient             text not null,
  program             text not null,
  state               text not null,
  session_day         date not null,
  due_at              timestamptz not null,
  missing_fields      text[] not null,
  filled              boolean not null,
  rems_patient_id     text not null default '',
  first_treatment     boolean not null default false,
  rems_setting_id     text not null default '',
  setting_name        text not null default '',
  region_code         text not null default '',
  postal_code         text not null default '',
  administrative_area text not null default '',
  locality            text not null default '',
  address_lines       text[] not null default '{}',
  monitoring_clinician text not null default '',
  dose_mg             integer not null default 0,
  devices             integer not null default 0,
  lots                text[] not null default '{}',
  first_device_at     timestamptz,
  monitoring_end_at   timestamptz,
  discharge_at        timestamptz,
  monitoring_minutes  integer not null default 0,
  ready_to_leave_minutes integer not null default 0,
  concomitant_taken   text[] not null default '{}',
  concomitant_not_taken text[] not null default '{}',
  channel             integer not null,
  confirmation        text not null,
  submitted_at        timestamptz,
  submitted_by        text not null,
  evidence_document   text not null,
  correction_note     text not null,
  escalation_stage    integer not null,
  version             bigint not null,
  created_at          timestamptz not null,
  updated_at          timestamptz not null,
  primary key (clinic, monitoring_form),
  constraint monitoring_form_of_appointment unique (clinic, appointment)
);
create index monitoring_forms_by_due on monitoring_forms (clinic, due_at, monitoring_form);
select kat_tenant_table('monitoring_forms');

create table form_vitals (
  clinic          text not null check (clinic <> ''),
  monitoring_form text not null,
  position        integer not null,
  point           integer not null,
  systolic        integer not null,
  diastolic       integer not null,
  spo2            integer not null,
  taken_at        timestamptz not null,
  primary key (clinic, monitoring_form, position),
  foreign key (clinic, monitoring_form) references monitoring_forms (clinic, monitoring_form)
);
select kat_tenant_table('form_vitals');

create table form_events (
  clinic          text not null check (clinic <> ''),
  monitoring_form text not null,
  position        integer not null,
  kind            text not null,
  start_at        timestamptz,
  end_at          timestamptz,
  serious         boolean not null,
  description     text not null,
  primary key (clinic, monitoring_form, position),
  foreign key (clinic, monitoring_form) references monitoring_forms (clinic, monitoring_form)
);
select kat_tenant_table('form_events');

create table stock_lots (
  clinic         text not null check (clinic <> ''),
  stock_lot      text not null,
  drug           text not null,
  strength       text not null,
  ndc            text not null,
  lot_number     text not null,
  expiry_day     date not null,
  unit           integer not null,
  patient        text not null,
  supplier       text not null,
  invoice_number text not null,
  received       integer not null check (received > 0),
  on_hand        integer not null default 0,
  allocated      integer not null default 0,
  quarantined    integer not null default 0,
  received_at    timestamptz not null,
  received_by    text not null,
  version        bigint not null default 0,
  primary key (clinic, stock_lot),
  constraint stock_never_negative check (on_hand >= 0 and quarantined >= 0 and allocated >= 0 and allocated <= on_hand)
);
create index stock_by_drug on stock_lots (clinic, drug, expiry_day, stock_lot);
select kat_tenant_table('stock_lots');

create table stock_events (
  clinic            text not null check (clinic <> ''),
  stock_event       bigint generated always as identity,
  stock_lot         text not null,
  kind              text not null,
  quantity          integer not null,
  from_quarantine   boolean not null,
  appointment       text not null,
  patient           text not null,
  witness           text not null,
  reason            text not null,
  occurred_at       timestamptz not null,
  recorded_by       text not null,
  recorded_at       timestamptz not null,
  on_hand_delta     integer not null,
  allocated_delta   integer not null,
  quarantined_delta integer not null,
  on_hand_after     integer not null,
  primary key (clinic, stock_event),
  foreign key (clinic, stock_lot) references stock_lots (clinic, stock_lot)
);
create index stock_events_of_lot on stock_events (clinic, stock_lot, stock_event);
create index stock_events_of_appointment on stock_events (clinic, appointment) where appointment <> '';
select kat_tenant_table('stock_events'), kat_append_only('stock_events');

-- Moves the lot's quantities and notes what was on hand after; runs before the insert, so that the ledger's row is complete when written.
create function keep_stock() returns trigger
language plpgsql
as $$
begin
  update stock_lots set
    on_hand = on_hand + new.on_hand_delta,
    allocated = allocated + new.allocated_delta,
    quarantined = quarantined + new.quarantined_delta,
    version = version + 1
  where clinic = new.clinic and stock_lot = new.stock_lot
  returning on_hand into new.on_hand_after;
  return new;
end $$;
create trigger keep_stock before insert on stock_events for each row execute function keep_stock();

create table stock_counts (
  clinic        text not null check (clinic <> ''),
  stock_count   text not null,
  count_kind    integer not null,
  lots          text[] not null,
  counted       integer[] not null,
  expected      integer[] not null,
  witness       text not null,
  counted_at    timestamptz not null,
  counted_by    text not null,
  discrepancies integer not null,
  primary key (clinic, stock_count)
);
select kat_tenant_table('stock_counts'), kat_append_only('stock_counts');

create table stock_mismatches (
  clinic         text not null check (clinic <> ''),
  stock_mismatch text not null,
  appointment    text not null,
  drug           text not null,
  lot_number     text not null,
  quantity       integer not null,
  cause          integer not null,
  resolved       boolean not null,
  resolution     text not null,
  created_at     timestamptz not null,
  version        bigint not null,
  primary key (clinic, stock_mismatch)
);
create index stock_mismatches_by_age on stock_mismatches (clinic, created_at, stock_mismatch);
select kat_tenant_table('stock_mismatches');

-- Sessions whose treatment has been taken into account: units and stock are taken once, however often the event comes.
create table treated_sessions (
  clinic      text not null check (clinic <> ''),
  appointment text not null,
  treated_at  timestamptz not null,
  primary key (clinic, appointment)
);
select kat_tenant_table('treated_sessions');
