-- Appointments that are booked and wanted earlier wait too. One waits once.
alter table wait_list_entries
  add column appointment text,
  add foreign key (clinic, appointment) references appointments (clinic, id),
  drop constraint wait_list_entries_check1,
  add constraint wait_list_entries_wish check (num_nonnulls(course, visit_type, appointment) = 1);
create unique index wait_list_entries_of_appointment on wait_list_entries (clinic, appointment)
  where appointment is not null and state in ('WAITING', 'OFFERED');

alter table wait_list_offers add column moves text not null default '';
