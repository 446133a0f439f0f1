-- Protocols never change: a change is a new version.
create table protocol_versions (
  clinic         text not null,
  protocol       text not null,
  version        integer not null check (version > 0),
  program        text not null,
  effective_from date,
  body           jsonb not null,
  created_at     timestamptz not null,
  primary key (clinic, protocol, version)
);
create index protocol_versions_of_program on protocol_versions (clinic, program);
select kat_tenant_table('protocol_versions'), kat_append_only('protocol_versions');

create table courses (
  clinic           text not null,
  id               text not null,
  patient          text not null,
  program          text not null,
  protocol         text not null,
  protocol_version integer not null,
  earliest_day     date not null,
  preferences      jsonb not null,
  stopped          boolean not null,
  stop_reason      text not null,
  version          bigint not null,
  created_at       timestamptz not null,
  updated_at       timestamptz not null,
  primary key (clinic, id),
  foreign key (clinic, protocol, protocol_version) references protocol_versions (clinic, protocol, version)
);
create index courses_of_patient on courses (clinic, patient);
create index courses_by_age on courses (clinic, created_at, id);
select kat_tenant_table('courses');

create table blocks (
  clinic                text not null,
  course                text not null,
  number                integer not null check (number > 0),
  phases                jsonb not null,
  cancelled             boolean not null,
  financial_reservation text not null,
  coverage_reservation  text not null,
  created_at            timestamptz not null,
  primary key (clinic, course, number),
  foreign key (clinic, course) references courses (clinic, id)
);
select kat_tenant_table('blocks');
