-- What the care team does together.

create table care_threads (
  clinic       text not null,
  id           text not null,
  patient      text not null,
  topic        text not null,
  participants text[] not null,
  state        integer not null,
  post_count   integer not null,
  revision     bigint not null,
  created_at   timestamptz not null,
  updated_at   timestamptz not null,
  primary key (clinic, id)
);
create index care_threads_by_change on care_threads (clinic, updated_at, id);
create table thread_posts (
  clinic     text not null,
  thread     text not null,
  number     integer not null check (number >= 1),
  id         text not null,
  author     text not null,
  body       text not null,
  created_at timestamptz not null,
  primary key (clinic, thread, number),
  foreign key (clinic, thread) references care_threads (clinic, id)
);
select kat_tenant_table('care_threads'), kat_tenant_table('thread_posts'), kat_append_only('thread_posts');

create table routed_documents (
  clinic          text not null,
  id              text not null,
  patient         text not null,
  document        text not null,
  title           text not null,
  recipient       text not null,
  due_at          timestamptz not null,
  note            text not null,
  state           integer not null,
  acknowledged_at timestamptz,
  acknowledgement text not null,
  revision        bigint not null,
  created_at      timestamptz not null,
  updated_at      timestamptz not null,
  primary key (clinic, id)
);
create index routed_documents_by_due on routed_documents (clinic, due_at, id);
create table document_hops (
  clinic    text not null,
  document  text not null,
  position  integer not null,
  sender    text not null,
  recipient text not null,
  reason    text not null,
  routed_at timestamptz not null,
  primary key (clinic, document, position),
  foreign key (clinic, document) references routed_documents (clinic, id)
);
select kat_tenant_table('routed_documents'), kat_tenant_table('document_hops'), kat_append_only('document_hops');

create table provider_updates (
  clinic     text not null,
  id         text not null,
  patient    text not null,
  kind       integer not null,
  provider   text not null,
  address    text not null,
  owner      text not null,
  due_at     timestamptz not null,
  note       text not null,
  state      integer not null,
  sent_at    timestamptz,
  evidence   text not null,
  revision   bigint not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (clinic, id)
);
create index provider_updates_by_due on provider_updates (clinic, due_at, id);
select kat_tenant_table('provider_updates');

create table coordination_calls (
  clinic       text not null,
  id           text not null,
  patient      text not null,
  agenda       text not null,
  owner        text not null,
  participants text[] not null,
  due_at       timestamptz not null,
  start_at     timestamptz,
  appointment  text not null,
  state        integer not null,
  outcome      text not null,
  revision     bigint not null,
  created_at   timestamptz not null,
  updated_at   timestamptz not null,
  primary key (clinic, id)
);
create index coordination_calls_by_due on coordination_calls (clinic, due_at, id);
select kat_tenant_table('coordination_calls');
