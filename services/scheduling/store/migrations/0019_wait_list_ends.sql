-- An entry of the wait list ends by itself once what it wants is over, with a reason, and so does its offer.
alter table wait_list_entries
  drop constraint wait_list_entries_state_check,
  add constraint wait_list_entries_state_check check (state in ('WAITING', 'OFFERED', 'BOOKED', 'REMOVED', 'ENDED')),
  add column end_reason integer not null default 0 check (end_reason between 0 and 5),
  add constraint wait_list_entries_ended check ((state = 'ENDED') = (end_reason <> 0));
alter table wait_list_offers
  drop constraint wait_list_offers_state_check,
  add constraint wait_list_offers_state_check check (state in ('OPEN', 'ACCEPTED', 'DECLINED', 'EXPIRED', 'WITHDRAWN'));

-- Those that have waited for nothing until now.
select kat_for_each_clinic($$
  insert into jobs (clinic, kind, key, due_at, payload)
  select e.clinic, 'wait_list_entry.end', e.id, e.updated_at, '{}'
  from wait_list_entries e
    left join appointments a on a.clinic = e.clinic and a.id = e.appointment
    left join courses c on c.clinic = e.clinic and c.id = e.course
  where e.clinic = kat_clinic() and e.state in ('WAITING', 'OFFERED')
    and (a.state not in ('BOOKED', 'CONFIRMED') or c.stopped)
  on conflict do nothing
$$);
