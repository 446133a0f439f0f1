-- Row security may look at nothing of a row before it has seen the clinic but through operators that leak nothing; those of ranges are not among them.
-- So no index on `during` was ever used for a time: whoever took capacity, or planned, read all that the resource, or the clinic, ever had. Instants of
-- their own can be asked for by index.
alter table occupancies
  add column start_at timestamptz not null generated always as (lower(during)) stored,
  add column end_at timestamptz not null generated always as (upper(during)) stored,
  -- The contract's longest use of a resource: whatever overlaps an instant starts within a day before it.
  add check (upper(during) - lower(during) <= interval '24 hours');
drop index occupancies_during;
create index occupancies_of_resource on occupancies (clinic, resource, start_at);
create index occupancies_by_start on occupancies (clinic, start_at);

-- As before: locks the days, then sums; but looks only at what overlaps.
create or replace function check_occupancy() returns trigger
language plpgsql
as $$
declare
  first timestamptz;
  last timestamptz;
  limit_load integer;
  peak integer;
begin
  if tg_op = 'DELETE' then
    perform touch_days(old.clinic, old.resource, old.during);
    return old;
  end if;
  perform touch_days(new.clinic, new.resource, new.during);
  first := lower(new.during);
  last := upper(new.during);
  select capacity into limit_load from resources where clinic = new.clinic and key = new.resource for share;
  new.exclusive := new.load >= limit_load;
  with near as materialized (
    select start_at, end_at, load from occupancies
    where clinic = new.clinic and resource = new.resource
      and start_at > first - interval '24 hours' and start_at < last and end_at > first
  )
  select max(at.total) into peak
  from (select sum(n.load) as total
        from (select first as point union select start_at from near where start_at > first) p
        join near n on n.start_at <= p.point and n.end_at > p.point
        group by p.point) at;
  if coalesce(peak, 0) + new.load > limit_load then
    raise exception 'occupancies_capacity';
  end if;
  return new;
end $$;
