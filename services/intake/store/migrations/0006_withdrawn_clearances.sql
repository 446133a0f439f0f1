-- A clearance that the clinic no longer asks for: state 8.
alter table clearances drop constraint clearances_state_check;
alter table clearances add constraint clearances_state_check check (state between 1 and 8);
