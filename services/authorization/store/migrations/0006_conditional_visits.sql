-- Booked visits that no authorization covers say why, and by when a renewal that would cover them is to be asked for. A conditional visit
-- holds no units while its booking is not confirmed.
alter table unit_lines
  add column code                text not null default '',
  add column renewal_request_day date,
  drop constraint unit_lines_check,
  add constraint unit_lines_authorized check (state not in ('HELD', 'CONFIRMED') or prior_authorization is not null or (state = 'HELD' and code <> ''));

alter table settings add column refuse_conditional_visits boolean not null default false;
