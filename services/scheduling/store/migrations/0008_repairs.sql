-- A lost visit is booked anew as another appointment, which says in whose place it stands; and what departs from the protocol says who answers for it.
alter table appointments add column rebooks text, add column overrides jsonb not null default '[]';
alter table appointments alter column overrides drop default;

-- Repairs as they were proposed, with what they were decided on, and what was applied of them. They are read whole: one jsonb.
create table repairs (
  clinic     text not null,
  id         text not null,
  state      text not null check (state in ('PROPOSED', 'PARTLY_APPLIED', 'APPLIED')),
  body       jsonb not null,
  version    bigint not null check (version > 0),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (clinic, id)
);
create index repairs_by_age on repairs (clinic, created_at, id);
select kat_tenant_table('repairs');
