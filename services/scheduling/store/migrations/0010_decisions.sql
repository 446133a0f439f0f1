-- Proposals of blocks as they were answered, with what they were decided on; and from which of them a block was booked.
create table decisions (
  clinic     text not null,
  id         text not null,
  course     text not null,
  body       jsonb not null,
  created_at timestamptz not null,
  primary key (clinic, id)
);
select kat_tenant_table('decisions'), kat_append_only('decisions');

alter table blocks add column decision text not null default '';
alter table blocks alter column decision drop default;
