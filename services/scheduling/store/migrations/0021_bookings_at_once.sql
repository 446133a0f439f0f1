-- What belongs to a course was found by reading all appointments of its clinic: the index of visits that stand knows nothing of cancelled ones.
create index appointments_of_course on appointments (clinic, course) where course is not null;

-- As before, and by the index, which knows only blocks that name a decision.
create or replace function refuse_to_forget_a_booking() returns trigger
language plpgsql
as $$
begin
  if exists (select from blocks where clinic = old.clinic and decision = old.id and decision <> '') then
    raise exception 'a block names the decision';
  end if;
  return old;
end $$;

-- The rules of 0005 and 0018 for a whole statement: the visits of a course take dozens of rows, and each asked these questions for itself.
-- Locks the days, and marks each once for a transaction, however much it takes or gives back there. Then sums: a concurrent booking of the same resource
-- waits, and then sees this one. The load is highest where some segment begins, so it is summed there. By index and for each instant by itself, whatever
-- the statistics say (hence `offset 0`, too): a plan made while a clinic was new would read all of it for each row, until someone analyzes the table.
create function check_occupancies() returns trigger
language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  insert into resource_days as d (clinic, resource, day, version, changed)
  select distinct t.clinic, t.resource, day::date, 1, pg_current_xact_id()
  from touched t
  join clinics c on c.clinic = t.clinic
  cross join generate_series((t.start_at at time zone c.time_zone)::date,
                             ((t.end_at - interval '1 microsecond') at time zone c.time_zone)::date, interval '1 day') as day
  order by 1, 2, 3
  on conflict (clinic, resource, day) do update set version = d.version + 1, changed = excluded.changed
    where d.changed <> excluded.changed;
  if tg_op = 'DELETE' then
    return null;
  end if;
  perform from resources where (clinic, key) in (select clinic, resource from touched) order by clinic, key for share;
  -- The bounds of an instant are reckoned apart, since row security lets only operators that leak nothing near an index.
  if exists (
    with points as materialized (
      select clinic, resource, at, at - interval '24 hours' as earliest
      from (select clinic, resource, start_at as at from touched
            union
            select t.clinic, t.resource, o.start_at
            from touched t
            cross join lateral (select start_at from occupancies
                                where clinic = t.clinic and resource = t.resource and start_at > t.start_at and start_at < t.end_at offset 0) o) p
    )
    select from points p
    join resources r on r.clinic = p.clinic and r.key = p.resource
    cross join lateral (select sum(o.load) as load from occupancies o
                        where o.clinic = p.clinic and o.resource = p.resource and o.start_at > p.earliest and o.start_at <= p.at and o.end_at > p.at offset 0) s
    where s.load > r.capacity) then
    raise exception 'occupancies_capacity';
  end if;
  return null;
end $$;

create function find_exclusive() returns trigger
language plpgsql
as $$
begin
  new.exclusive := (select new.load >= capacity from resources where clinic = new.clinic and key = new.resource);
  return new;
end $$;

drop trigger check_occupancy on occupancies;
drop function check_occupancy();
drop function touch_days(text, text, tstzrange);
create trigger find_exclusive before insert on occupancies for each row execute function find_exclusive();
create trigger check_taken after insert on occupancies referencing new table as touched
  for each statement execute function check_occupancies();
create trigger check_given_back after delete on occupancies referencing old table as touched
  for each statement execute function check_occupancies();
