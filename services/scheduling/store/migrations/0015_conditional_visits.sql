-- Visits that no authorization covers yet: why, since which visit of the course, and by when a renewal is to be asked for.
alter table appointments
  add column condition_code      text not null default '',
  add column condition_since     text not null default '',
  add column renewal_request_day date;
create index appointments_conditional on appointments (clinic, course) where condition_code <> '';
