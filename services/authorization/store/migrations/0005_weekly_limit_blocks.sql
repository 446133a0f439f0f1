-- Whether a payer refuses what goes beyond its weekly limit; policies from before only warn.
alter table payer_policies add column weekly_limit_blocks boolean not null default false;
