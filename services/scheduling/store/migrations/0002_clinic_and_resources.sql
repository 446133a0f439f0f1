-- The clinic, what it works with, and the ids that other systems give.

create table clinics (
  clinic        text not null,
  display_name  text not null,
  phone         text not null,
  time_zone     text not null,
  holidays      jsonb not null,
  opening_hours jsonb not null,
  disabled      boolean not null,
  version       bigint not null,
  created_at    timestamptz not null,
  updated_at    timestamptz not null,
  primary key (clinic)
);
select kat_tenant_table('clinics');

-- Rooms, staff and equipment pools; the key is collection/id.
create table resources (
  clinic        text not null,
  key           text not null,
  kind          text not null check (kind in ('staff', 'rooms', 'equipmentPools')),
  display_name  text not null,
  tags          jsonb not null,
  capacity      integer not null check (capacity > 0),
  availability  jsonb not null,
  retired       boolean not null,
  roles         jsonb not null,
  login_subject text,
  version       bigint not null,
  created_at    timestamptz not null,
  updated_at    timestamptz not null,
  primary key (clinic, key),
  constraint resources_login_subject unique (clinic, login_subject)
);
select kat_tenant_table('resources');

create table external_ids (
  clinic text not null,
  kind   text not null check (kind in ('staff', 'course', 'appointment')),
  system text not null,
  value  text not null,
  target text not null,
  constraint external_ids_pkey primary key (clinic, kind, system, value)
);
create index external_ids_of_target on external_ids (clinic, kind, target);
select kat_tenant_table('external_ids');

create table visit_types (
  clinic     text not null,
  id         text not null,
  body       jsonb not null,
  version    bigint not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (clinic, id)
);
select kat_tenant_table('visit_types');
