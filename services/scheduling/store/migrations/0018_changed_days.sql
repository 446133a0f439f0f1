-- Which transaction last changed what stands on a day. Whoever keeps a picture of a clinic in memory asks for the days that changed in transactions
-- which had not ended when it last looked: that finds every change, in whatever order they commit, for the price of those alone. The default stays:
-- replicas of the version before do not write the column, and lock days without a change to what stands there.
alter table resource_days add column changed xid8 not null default '0';
create index resource_days_changed on resource_days (clinic, changed);

-- As before, and says who did it.
create or replace function touch_days(of_clinic text, of_resource text, span tstzrange) returns void
language plpgsql
as $$
declare
  zone text := (select time_zone from clinics where clinic = of_clinic);
begin
  insert into resource_days as d (clinic, resource, day, version, changed)
  select of_clinic, of_resource, day::date, 1, pg_current_xact_id()
  from generate_series((lower(span) at time zone zone)::date,
                       ((upper(span) - interval '1 microsecond') at time zone zone)::date, interval '1 day') as day
  order by day
  on conflict (clinic, resource, day) do update set version = d.version + 1, changed = excluded.changed;
end $$;
