-- Units of a code that a payer pays in any 7 days; 0: no limit.
alter table payer_code_rules add column max_units_per_week integer not null default 0 check (max_units_per_week >= 0);
