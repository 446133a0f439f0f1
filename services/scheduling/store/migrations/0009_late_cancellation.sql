-- How much notice a clinic asks for, and whether a cancellation gave less.
alter table clinics add column late_cancel_hours integer not null default 0 check (late_cancel_hours between 0 and 336);
alter table clinics alter column late_cancel_hours drop default;
alter table appointments add column cancelled_late boolean not null default false;
alter table appointments alter column cancelled_late drop default;
