-- Who wants capacity that comes free, and what they were offered.
create table wait_list_entries (
  clinic            text not null,
  id                text not null,
  patient           text not null,
  course            text,
  visit_type        text,
  earliest_day      date not null,
  latest_day        date not null check (earliest_day <= latest_day),
  available         jsonb not null,
  priority          integer not null check (priority between 1 and 3),
  authorization_end date,
  notice_minutes    integer not null check (notice_minutes >= 0),
  offer_minutes     integer not null check (offer_minutes > 0),
  state             text not null check (state in ('WAITING', 'OFFERED', 'BOOKED', 'REMOVED')),
  version           bigint not null check (version > 0),
  created_at        timestamptz not null,
  updated_at        timestamptz not null,
  primary key (clinic, id),
  foreign key (clinic, course) references courses (clinic, id),
  foreign key (clinic, visit_type) references visit_types (clinic, id),
  check ((course is null) <> (visit_type is null))
);
create index wait_list_entries_by_age on wait_list_entries (clinic, created_at, id);
create index wait_list_entries_waiting on wait_list_entries (clinic, latest_day) where state = 'WAITING';
-- A course waits once.
create unique index wait_list_entries_of_course on wait_list_entries (clinic, course)
  where course is not null and state in ('WAITING', 'OFFERED');
select kat_tenant_table('wait_list_entries');

create table wait_list_offers (
  clinic      text not null,
  id          text not null,
  entry       text not null,
  patient     text not null,
  course      text not null,
  hold        text not null,
  visit_type  text not null,
  start_at    timestamptz not null,
  end_at      timestamptz not null,
  assignments jsonb not null,
  repair      integer not null check (repair between 0 and 2),
  state       text not null check (state in ('OPEN', 'ACCEPTED', 'DECLINED', 'EXPIRED')),
  expires_at  timestamptz not null,
  appointment text not null,
  version     bigint not null check (version > 0),
  created_at  timestamptz not null,
  primary key (clinic, id),
  foreign key (clinic, entry) references wait_list_entries (clinic, id),
  check (start_at < end_at)
);
create index wait_list_offers_by_age on wait_list_offers (clinic, created_at, id);
create index wait_list_offers_of_entry on wait_list_offers (clinic, entry, start_at);
-- An entry has one offer at a time.
create unique index wait_list_offers_open on wait_list_offers (clinic, entry) where state = 'OPEN';
select kat_tenant_table('wait_list_offers');
