-- What a try reserves ends at an instant that is the same each time it is asked for: a try that is found again after a crash repeats its requests to the
-- letter. Tries of before have no such instant, and are over.
alter table gate_attempts add column expires_at timestamptz not null default '2000-01-01 00:00Z';
alter table gate_attempts alter column expires_at drop default;
