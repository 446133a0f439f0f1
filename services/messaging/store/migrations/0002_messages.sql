-- What the clinic says, when, and to whom it may.

create table message_templates (
  clinic             text not null,
  id                 text not null,
  purpose            integer not null,
  channel            integer not null,
  category           integer not null,
  program            text not null,
  visit_type         text not null,
  language           text not null,
  code               text not null,
  body               text not null,
  subject_line       text not null,
  effective_from     date not null,
  version            integer not null check (version >= 1),
  longest_characters integer not null,
  retired            boolean not null,
  revision           bigint not null,
  created_at         timestamptz not null,
  updated_at         timestamptz not null,
  primary key (clinic, id),
  constraint message_templates_version unique (clinic, purpose, channel, program, visit_type, language, code, version)
);
select kat_tenant_table('message_templates');

create table cadence_policies (
  clinic                  text not null,
  id                      text not null,
  program                 text not null,
  visit_type              text not null,
  effective_from          date not null,
  effective_until         date,
  confirm_by_minutes      integer not null,
  driver_required         boolean not null,
  driver_by_minutes       integer not null,
  fasting_food_minutes    integer not null,
  fasting_liquids_minutes integer not null,
  least_lead_minutes      integer not null,
  created_at              timestamptz not null,
  primary key (clinic, id)
);
create table cadence_steps (
  clinic             text not null,
  cadence            text not null,
  position           integer not null,
  step_id            text not null,
  purpose            integer not null,
  offset_minutes     integer not null,
  channels           text[] not null,
  asks_confirmation  boolean not null,
  first_session_only boolean not null,
  primary key (clinic, cadence, position),
  unique (clinic, cadence, step_id),
  foreign key (clinic, cadence) references cadence_policies (clinic, id)
);
select kat_tenant_table('cadence_policies'), kat_tenant_table('cadence_steps');
select kat_append_only('cadence_policies'), kat_append_only('cadence_steps');

create table messaging_policies (
  clinic             text not null,
  id                 text not null,
  effective_from     date not null,
  effective_until    date,
  send_from_minute   integer not null,
  send_until_minute  integer not null,
  consented_per_day  integer not null,
  consented_per_week integer not null,
  exempt_per_day     integer not null check (exempt_per_day <= 1),
  exempt_per_week    integer not null check (exempt_per_week <= 3),
  restricted_words   text[] not null,
  stop_scope         integer not null,
  link               text not null,
  created_at         timestamptz not null,
  primary key (clinic, id)
);
select kat_tenant_table('messaging_policies'), kat_append_only('messaging_policies');

-- Consent as it stands, and how it came to stand so. A row of channel 0 and category 0, revoked, is a revocation of everything.
create table contact_consents (
  clinic      text not null,
  patient     text not null,
  channel     integer not null,
  category    integer not null,
  state       integer not null,
  source      integer not null,
  changed_at  timestamptz not null,
  recorded_by text not null,
  primary key (clinic, patient, channel, category)
);
create table contact_consent_events (
  clinic      text not null,
  id          text not null,
  patient     text not null,
  channel     integer not null,
  category    integer not null,
  state       integer not null,
  source      integer not null,
  changed_at  timestamptz not null,
  recorded_by text not null,
  evidence    text not null,
  primary key (clinic, id)
);
create index contact_consent_events_of_patient on contact_consent_events (clinic, patient, changed_at, id);
select kat_tenant_table('contact_consents'), kat_tenant_table('contact_consent_events'), kat_append_only('contact_consent_events');

-- Numbers that opted out by a reply, whosever they are: by category, 0 for all.
create table stopped_numbers (
  clinic     text not null,
  address    text not null,
  category   integer not null,
  stopped_at timestamptz not null,
  primary key (clinic, address, category)
);
select kat_tenant_table('stopped_numbers');

-- Appointments as messaging last learned them, with what patients said about coming.
create table tracked_appointments (
  clinic         text not null,
  id             text not null,
  patient        text not null,
  course         text not null,
  version        bigint not null,
  start_at       timestamptz not null,
  end_at         timestamptz not null,
  standing       integer not null,
  confirmed      boolean not null,
  visit_type     text not null,
  program        text not null,
  session_number integer not null,
  driver_name    text not null,
  driver_phone   text not null,
  primary key (clinic, id)
);
select kat_tenant_table('tracked_appointments');

create table messages (
  clinic              text not null,
  id                  text not null,
  patient             text not null,
  appointment         text not null,
  appointment_version bigint not null,
  appointment_start   timestamptz,
  course              text not null,
  visit_type          text not null,
  program             text not null,
  step_id             text not null,
  purpose             integer not null,
  category            integer not null,
  channels            text[] not null,
  template_code       text not null,
  asks_confirmation   boolean not null,
  plan_at             timestamptz not null,
  latest_at           timestamptz,
  state               integer not null,
  suppression         integer not null,
  channel             integer not null,
  basis               integer not null,
  template_id         text not null,
  body                text not null,
  subject_line        text not null,
  address             text not null,
  carrier_message_id  text not null,
  failure             text not null,
  attempts            integer not null,
  sent_at             timestamptz,
  settled_at          timestamptz,
  revision            bigint not null,
  created_at          timestamptz not null,
  updated_at          timestamptz not null,
  primary key (clinic, id),
  check ((state = 6) = (suppression <> 0))
);
-- One message for a patient, a version of an appointment and a step: whatever happens above, never two.
create unique index messages_once on messages (clinic, patient, appointment, appointment_version, step_id) where appointment <> '' and step_id <> 'adhoc';
-- And what was told of a time (2 reminder, 3 preparation; 2 sending, 3 sent, 4 delivered) is not told again in a later version of the same time.
create unique index messages_told_once on messages (clinic, appointment, step_id, appointment_start) where purpose in (2, 3) and state in (2, 3, 4);
create index messages_by_plan on messages (clinic, plan_at, id);
create index messages_of_patient on messages (clinic, patient, plan_at, id);
create index messages_of_appointment on messages (clinic, appointment, plan_at, id) where appointment <> '';
create index messages_to_address on messages (clinic, address, sent_at) where address <> '';
create unique index messages_of_carrier on messages (clinic, carrier_message_id) where carrier_message_id <> '';
select kat_tenant_table('messages');

create table replies (
  clinic                text not null,
  id                    text not null,
  from_address          text not null,
  body                  text not null,
  meaning               integer not null,
  patient               text not null,
  message               text not null,
  confirmed_appointment text not null,
  needs_person          boolean not null,
  carrier_message_id    text not null,
  received_at           timestamptz not null,
  primary key (clinic, id),
  constraint replies_once unique (clinic, carrier_message_id)
);
create index replies_by_time on replies (clinic, received_at, id);
select kat_tenant_table('replies');

-- The simulated carrier's own record of what it took, kept outside the transactions of those who send.
create table simulated_carrier (
  clinic             text not null,
  message            text not null,
  carrier_message_id text not null,
  channel            integer not null,
  address            text not null,
  body               text not null,
  status             integer not null,
  accepted_at        timestamptz not null,
  primary key (clinic, message)
);
select kat_tenant_table('simulated_carrier'), kat_append_only('simulated_carrier');
