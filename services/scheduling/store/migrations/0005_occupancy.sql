-- What is taken, and the rules that keep it from being taken twice. Whatever the service does, these hold:
--   a resource never carries more load than its capacity, at any instant;
--   a patient is never in two places.

-- A row per resource and local day: the lock of its bookings, and the version of what stands there.
create table resource_days (
  clinic   text not null,
  resource text not null,
  day      date not null,
  version  bigint not null,
  primary key (clinic, resource, day),
  foreign key (clinic, resource) references resources (clinic, key)
);
select kat_tenant_table('resource_days');

-- A row per usage segment of an appointment or hold. `exclusive` says that it takes the resource whole.
create table occupancies (
  clinic    text not null,
  id        bigint generated always as identity,
  owner     text not null,
  resource  text not null,
  role      text not null,
  load      integer not null check (load > 0),
  exclusive boolean not null,
  during    tstzrange not null check (not isempty(during) and not lower_inf(during) and not upper_inf(during)),
  primary key (clinic, id),
  foreign key (clinic, resource) references resources (clinic, key),
  constraint occupancies_exclusive
    exclude using gist (clinic with =, resource with =, during with &&) where (exclusive)
);
create index occupancies_during on occupancies using gist (clinic, resource, during);
create index occupancies_of_owner on occupancies (clinic, owner);
select kat_tenant_table('occupancies');

-- A row per appointment or hold visit: the patient's time.
create table patient_times (
  clinic  text not null,
  id      bigint generated always as identity,
  owner   text not null,
  patient text not null,
  during  tstzrange not null check (not isempty(during)),
  primary key (clinic, id),
  constraint patient_times_overlap exclude using gist (clinic with =, patient with =, during with &&)
);
create index patient_times_of_owner on patient_times (clinic, owner);
select kat_tenant_table('patient_times');

create function touch_days(of_clinic text, of_resource text, span tstzrange) returns void
language plpgsql
as $$
declare
  zone text := (select time_zone from clinics where clinic = of_clinic);
begin
  insert into resource_days as d (clinic, resource, day, version)
  select of_clinic, of_resource, day::date, 1
  from generate_series((lower(span) at time zone zone)::date,
                       ((upper(span) - interval '1 microsecond') at time zone zone)::date, interval '1 day') as day
  order by day
  on conflict (clinic, resource, day) do update set version = d.version + 1;
end $$;

-- Locks the days, then sums: a concurrent booking of the same resource waits, and then sees this one. The load is highest where some
-- segment begins, so it is summed there.
create function check_occupancy() returns trigger
language plpgsql
as $$
declare
  limit_load integer;
  peak integer;
begin
  if tg_op = 'DELETE' then
    perform touch_days(old.clinic, old.resource, old.during);
    return old;
  end if;
  perform touch_days(new.clinic, new.resource, new.during);
  select capacity into limit_load from resources where clinic = new.clinic and key = new.resource for share;
  new.exclusive := new.load >= limit_load;
  select max(at.total) into peak
  from (select sum(o.load) as total
        from (select lower(new.during) as point
              union
              select lower(during) from occupancies
              where clinic = new.clinic and resource = new.resource and during && new.during
                and lower(during) > lower(new.during)) p
        join occupancies o
          on o.clinic = new.clinic and o.resource = new.resource and o.during @> p.point
        group by p.point) at;
  if coalesce(peak, 0) + new.load > limit_load then
    raise exception 'occupancies_capacity';
  end if;
  return new;
end $$;
create trigger check_occupancy before insert or delete on occupancies
  for each row execute function check_occupancy();

-- A row is taken away and added anew, never changed: then the trigger above has seen everything that stands.
create trigger never_changed before update on occupancies for each row execute function kat_refuse_change();
