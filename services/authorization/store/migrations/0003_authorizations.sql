-- Prior authorizations, their packets and contests, and the units of visits. The counters of an authorization are kept by the trigger under
-- its unit lines and by nothing else, and a check constraint bounds them: whatever the service does, units are never given out twice.
create table prior_authorizations (
  clinic                   text not null check (clinic <> ''),
  prior_authorization      text not null,
  patient                  text not null,
  program                  text not null,
  insurance                text not null,
  payer                    text not null,
  policy                   text not null,
  kind                     integer not null,
  priority                 integer not null,
  previous                 text not null,
  renewed_by               text not null,
  requested_from           date not null,
  requested_until          date,
  requested_visits         integer,
  requested_drug_mg        integer,
  requested_devices        integer,
  state                    text not null,
  packet_version           integer not null,
  unmet_criteria           integer not null,
  unknown_criteria         integer not null,
  submission_channel       integer,
  submission_reference     text,
  submission_representative text,
  submitted_at             timestamptz,
  submitted_packet         integer,
  decision_due_at          timestamptz,
  decision_overdue         boolean not null,
  decision_outcome         integer,
  decision_number          text,
  decision_reference       text,
  decision_from            date,
  decision_until           date,
  decision_visits          integer,
  decision_drug_mg         integer,
  decision_devices         integer,
  decision_reasons         integer[],
  decision_note            text,
  decided_at               timestamptz,
  answer_due_at            timestamptz,
  response_due_at          timestamptz,
  number                   text not null,
  valid_from               date,
  valid_until              date check (valid_until > valid_from),
  authorized_visits        integer check (authorized_visits >= 0),
  authorized_drug_mg       integer check (authorized_drug_mg >= 0),
  authorized_devices       integer check (authorized_devices >= 0),
  reserved_visits          integer not null default 0 check (reserved_visits >= 0),
  reserved_drug_mg         integer not null default 0 check (reserved_drug_mg >= 0),
  reserved_devices         integer not null default 0 check (reserved_devices >= 0),
  consumed_visits          integer not null default 0 check (consumed_visits >= 0),
  consumed_drug_mg         integer not null default 0 check (consumed_drug_mg >= 0),
  consumed_devices         integer not null default 0 check (consumed_devices >= 0),
  overrun_visits           integer not null default 0 check (overrun_visits >= 0),
  overrun_drug_mg          integer not null default 0 check (overrun_drug_mg >= 0),
  overrun_devices          integer not null default 0 check (overrun_devices >= 0),
  renewal_stage            integer not null,
  close_reason             text not null,
  version                  bigint not null,
  created_at               timestamptz not null,
  updated_at               timestamptz not null,
  primary key (clinic, prior_authorization),
  foreign key (clinic, policy) references payer_policies (clinic, policy),
  foreign key (clinic, insurance) references insurance_coverages (clinic, insurance),
  constraint units_within_authorized check (
    (authorized_visits is null or reserved_visits + consumed_visits <= authorized_visits) and
    (authorized_drug_mg is null or reserved_drug_mg + consumed_drug_mg <= authorized_drug_mg) and
    (authorized_devices is null or reserved_devices + consumed_devices <= authorized_devices))
);
create index authorizations_of_patient on prior_authorizations (clinic, patient, program);
create index authorizations_by_age on prior_authorizations (clinic, created_at, prior_authorization);
select kat_tenant_table('prior_authorizations');

create table authorization_contests (
  clinic              text not null check (clinic <> ''),
  prior_authorization text not null,
  position            integer not null,
  level               integer not null,
  contested_at        timestamptz not null,
  reference_number    text not null,
  decision_due_at     timestamptz,
  result              integer not null,
  primary key (clinic, prior_authorization, position),
  foreign key (clinic, prior_authorization) references prior_authorizations (clinic, prior_authorization)
);
select kat_tenant_table('authorization_contests');

create table packets (
  clinic              text not null check (clinic <> ''),
  prior_authorization text not null,
  version             integer not null,
  payer               text not null,
  policy              text not null,
  as_of               date not null,
  sessions_completed  integer not null,
  response_percent    integer,
  created_at          timestamptz not null,
  created_by          text not null,
  primary key (clinic, prior_authorization, version),
  foreign key (clinic, prior_authorization) references prior_authorizations (clinic, prior_authorization)
);
select kat_tenant_table('packets'), kat_append_only('packets');

create table packet_findings (
  clinic              text not null check (clinic <> ''),
  prior_authorization text not null,
  version             integer not null,
  position            integer not null,
  criterion           text not null,
  words               text not null,
  result              integer not null,
  gap                 text not null,
  evidence            integer[] not null,
  primary key (clinic, prior_authorization, version, position),
  foreign key (clinic, prior_authorization, version) references packets (clinic, prior_authorization, version)
);
select kat_tenant_table('packet_findings'), kat_append_only('packet_findings');

create table packet_evidence (
  clinic              text not null check (clinic <> ''),
  prior_authorization text not null,
  version             integer not null,
  position            integer not null,
  kind                integer not null,
  summary             text not null,
  day                 date,
  age_days            integer,
  source              text not null,
  primary key (clinic, prior_authorization, version, position),
  foreign key (clinic, prior_authorization, version) references packets (clinic, prior_authorization, version)
);
select kat_tenant_table('packet_evidence'), kat_append_only('packet_evidence');

create table coverage_reservations (
  clinic      text not null check (clinic <> ''),
  reservation text not null,
  patient     text not null,
  course      text not null,
  program     text not null,
  requirement integer not null,
  state       text not null,
  expires_at  timestamptz not null,
  version     bigint not null,
  primary key (clinic, reservation)
);
create index reservations_of_course on coverage_reservations (clinic, course);
select kat_tenant_table('coverage_reservations');

create table reservation_conditions (
  clinic       text not null check (clinic <> ''),
  reservation  text not null,
  position     integer not null,
  code         text not null,
  state        integer not null,
  subject_kind integer not null,
  subject_id   text not null,
  description  text not null,
  responsible  integer not null,
  expires_on   date,
  primary key (clinic, reservation, position),
  foreign key (clinic, reservation) references coverage_reservations (clinic, reservation)
);
select kat_tenant_table('reservation_conditions');

create table unit_lines (
  clinic              text not null check (clinic <> ''),
  line                bigint generated always as identity,
  reservation         text not null,
  patient             text not null,
  course              text not null,
  program             text not null,
  visit_id            text not null,
  session_number      integer not null,
  day                 date not null,
  prior_authorization text,
  visits              integer not null check (visits >= 0),
  drug_mg             integer not null check (drug_mg >= 0),
  devices             integer not null check (devices >= 0),
  overrun_visits      integer not null default 0 check (overrun_visits >= 0),
  overrun_drug_mg     integer not null default 0 check (overrun_drug_mg >= 0),
  overrun_devices     integer not null default 0 check (overrun_devices >= 0),
  state               text not null check (state in ('HELD', 'CONFIRMED', 'CONSUMED', 'RELEASED', 'EXPIRED', 'UNCOVERED')),
  appointment         text not null,
  appointment_version bigint not null default 0,
  primary key (clinic, line),
  foreign key (clinic, reservation) references coverage_reservations (clinic, reservation),
  foreign key (clinic, prior_authorization) references prior_authorizations (clinic, prior_authorization),
  check (state not in ('HELD', 'CONFIRMED') or prior_authorization is not null)
);
-- A booked visit of a course has one line.
create unique index unit_line_of_visit on unit_lines (clinic, course, visit_id) where state in ('CONFIRMED', 'CONSUMED', 'UNCOVERED');
create index unit_lines_of_reservation on unit_lines (clinic, reservation);
create index unit_lines_of_patient on unit_lines (clinic, patient, program);
create index unit_lines_of_appointment on unit_lines (clinic, appointment) where appointment <> '';
create index unit_lines_of_authorization on unit_lines (clinic, prior_authorization);
select kat_tenant_table('unit_lines');

create function count_units() returns trigger
language plpgsql
as $$
begin
  -- The row lock that this update takes makes concurrent bookings of one authorization wait for each other.
  if tg_op <> 'INSERT' and old.prior_authorization is not null then
    update prior_authorizations set
      reserved_visits = reserved_visits - case when old.state in ('HELD', 'CONFIRMED') then old.visits else 0 end,
      reserved_drug_mg = reserved_drug_mg - case when old.state in ('HELD', 'CONFIRMED') then old.drug_mg else 0 end,
      reserved_devices = reserved_devices - case when old.state in ('HELD', 'CONFIRMED') then old.devices else 0 end,
      consumed_visits = consumed_visits - case when old.state = 'CONSUMED' then old.visits else 0 end,
      consumed_drug_mg = consumed_drug_mg - case when old.state = 'CONSUMED' then old.drug_mg else 0 end,
      consumed_devices = consumed_devices - case when old.state = 'CONSUMED' then old.devices else 0 end,
      overrun_visits = overrun_visits - old.overrun_visits,
      overrun_drug_mg = overrun_drug_mg - old.overrun_drug_mg,
      overrun_devices = overrun_devices - old.overrun_devices
    where clinic = old.clinic and prior_authorization = old.prior_authorization;
  end if;
  if tg_op <> 'DELETE' and new.prior_authorization is not null then
    update prior_authorizations set
      reserved_visits = reserved_visits + case when new.state in ('HELD', 'CONFIRMED') then new.visits else 0 end,
      reserved_drug_mg = reserved_drug_mg + case when new.state in ('HELD', 'CONFIRMED') then new.drug_mg else 0 end,
      reserved_devices = reserved_devices + case when new.state in ('HELD', 'CONFIRMED') then new.devices else 0 end,
      consumed_visits = consumed_visits + case when new.state = 'CONSUMED' then new.visits else 0 end,
      consumed_drug_mg = consumed_drug_mg + case when new.state = 'CONSUMED' then new.drug_mg else 0 end,
      consumed_devices = consumed_devices + case when new.state = 'CONSUMED' then new.devices else 0 end,
      overrun_visits = overrun_visits + new.overrun_visits,
      overrun_drug_mg = overrun_drug_mg + new.overrun_drug_mg,
      overrun_devices = overrun_devices + new.overrun_devices
    where clinic = new.clinic and prior_authorization = new.prior_authorization;
  end if;
  return null;
end $$;
create trigger count_units after insert or update or delete on unit_lines for each row execute function count_units();
