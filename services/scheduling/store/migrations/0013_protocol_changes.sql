-- That courses were moved to other versions of their protocols.
create table protocol_changes (
  clinic        text not null,
  course        text not null,
  number        integer not null check (number > 0),
  from_protocol text not null,
  from_version  integer not null,
  to_protocol   text not null,
  to_version    integer not null,
  reason        text not null,
  changed_by    text not null,
  changed_at    timestamptz not null,
  primary key (clinic, course, number),
  foreign key (clinic, course) references courses (clinic, id),
  foreign key (clinic, to_protocol, to_version) references protocol_versions (clinic, protocol, version)
);
select kat_tenant_table('protocol_changes'), kat_append_only('protocol_changes');
