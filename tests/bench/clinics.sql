-- A year of clinics that are much alike: rooms, people, visit types, four visits on each of 250 days, what they took, their events. Triggers
-- are off: what they check holds by the way the rows are made.
set session_replication_role = replica;
create temporary table c as select 'clinic-' || n as clinic from generate_series(1, :clinics) as n;
insert into clinic_directory select clinic, clinic, '+12125550100', 'America/New_York', '{}', false from c;
insert into clinics (clinic, display_name, phone, time_zone, holidays, opening_hours, disabled, version, created_at, updated_at, late_cancel_hours)
  select clinic, clinic, '+12125550100', 'America/New_York', '{}', (select jsonb_agg(jsonb_build_object('weekday', d, 'from', 480, 'to', 1080)) from generate_series(0, 4) as d),
    false, 1, now(), now(), 24 from c;
insert into resources (clinic, key, kind, display_name, tags, capacity, availability, retired, roles, version, created_at, updated_at)
  select clinic, kind || '/' || tag || '-' || i, kind, tag || ' ' || i, jsonb_build_array(jsonb_build_object('tag', tag, 'reference', '')),
    case kind when 'staff' then 12 else 1 end, '{"weekly": [], "exceptions": []}', false, '[]', 1, now(), now()
  from c, generate_series(0, 3) as i, (values ('rooms', 'infusion-room'), ('staff', 'rn'), ('staff', 'ketamine-provider'), ('equipmentPools', 'infusion-pump')) as k (kind, tag);
insert into visit_types (clinic, id, body, version, created_at, updated_at)
  select clinic, 'iv-infusion', jsonb_build_object('display_name', 'IV infusion', 'duration_minutes', 110, 'dosing', true, 'roles', jsonb_build_array(
    '{"role": "room", "tag": "infusion-room", "segments": [{"from": 0, "to": 125, "load": 1}]}'::jsonb,
    '{"role": "pump", "tag": "infusion-pump", "segments": [{"from": 15, "to": 70, "load": 1}]}'::jsonb,
    '{"role": "nurse", "tag": "rn", "segments": [{"from": 0, "to": 15, "load": 12}, {"from": 60, "to": 110, "load": 3}]}'::jsonb,
    '{"role": "clinician", "tag": "ketamine-provider", "segments": [{"from": 15, "to": 25, "load": 12}, {"from": 25, "to": 65, "load": 4}]}'::jsonb)), 1, now(), now() from c;
-- Visit v of a day goes to lane v.
create temporary table visit as
  select clinic, clinic || '-' || d || '-' || v as id, 'patient-' || (d * 4 + v) % 150 as patient, v as lane,
    timestamptz '2025-11-24 14:00Z' + d * interval '1 day' as at
  from c, generate_series(0, 364) as d, generate_series(0, 3) as v where extract(isodow from date '2025-11-24' + d) < 6 and d < 350;
insert into appointments (clinic, id, course, patient, block, position, visit_id, visit_type, session_number, start_at, end_at, state, assignments,
    program, note, cancel_reason, cancelled_by_clinic, version, created_at, updated_at, rebooks, overrides, cancelled_late)
  select clinic, id, null, patient, 0, 0, '', 'iv-infusion', 1, at, at + interval '110 minutes', 'COMPLETED',
    jsonb_build_array(jsonb_build_object('role', 'room', 'resource', 'rooms/infusion-room-' || lane), jsonb_build_object('role', 'pump', 'resource', 'equipmentPools/infusion-pump-' || lane),
      jsonb_build_object('role', 'nurse', 'resource', 'staff/rn-' || lane), jsonb_build_object('role', 'clinician', 'resource', 'staff/ketamine-provider-' || lane)),
    'iv-ketamine', '', '', false, 4, at, at, null, '[]', false from visit;
insert into patient_times (clinic, owner, patient, during) select clinic, 'appointments/' || id, patient, tstzrange(at, at + interval '110 minutes') from visit;
insert into occupancies (clinic, owner, resource, role, load, exclusive, during)
  select clinic, 'appointments/' || id, stem || lane, role, load, load = 12 or role in ('room', 'pump'), tstzrange(at + f * interval '1 minute', at + t * interval '1 minute')
  from visit, (values ('rooms/infusion-room-', 'room', 1, 0, 125), ('equipmentPools/infusion-pump-', 'pump', 1, 15, 70), ('staff/rn-', 'nurse', 12, 0, 15),
    ('staff/rn-', 'nurse', 3, 60, 110), ('staff/ketamine-provider-', 'clinician', 12, 15, 25), ('staff/ketamine-provider-', 'clinician', 4, 25, 65)) as u (stem, role, load, f, t);
insert into outbox (clinic, type, subject, subject_version, state, related, occurred_at, trace_id)
  select clinic, 'appointment.' || what, 'clinics/' || clinic || '/appointments/' || id, 1, 'BOOKED', jsonb_build_object('patient', patient), at, ''
  from visit, (values ('booked'), ('confirmed'), ('checked_in'), ('completed')) as e (what);
analyze;
