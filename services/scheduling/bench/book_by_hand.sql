-- A booking of six infusions as one who knows the tables would write it: the same rows, locks and commits as BookBlock, each table in one
-- statement, no more read than must be locked. For tests/bench/book; :clinic is given, what to book stands in by_hand.
select nextval('by_hand_n') as n \gset
-- The try that would reserve at billing and authorization, so that a crash finds it again: committed before they are asked.
begin;
select set_config('kat.clinic', :clinic, true);
insert into gate_attempts (clinic, key, reserve_id, expires_at) values (:clinic, 'by-hand/' || :n, 'r' || :n, now() + interval '10 minutes');
commit;
begin;
select set_config('kat.clinic', :clinic, true);
select response from request_journal where clinic = :clinic and caller = 'by-hand' and method = 'BookBlock' and request_id = 'b' || :n;
delete from gate_attempts where clinic = :clinic and key = 'by-hand/' || :n;
select version from clinics where clinic = :clinic for share;
select c.version from courses c join by_hand b on b.course = c.id where c.clinic = :clinic and b.n = :n for update of c;
select r.version from resources r join by_hand b on r.key = any (array['rooms/' || b.lane, 'equipmentPools/pump-' || b.lane, 'staff/nurse-' || b.lane, 'staff/clinician-' || b.lane])
  where r.clinic = :clinic and b.n = :n order by r.key for share of r;
insert into resource_days as d (clinic, resource, day, version, changed)
  select :clinic, resource, day, 1, pg_current_xact_id()
  from by_hand b, unnest(b.starts) as at, unnest(array['rooms/' || b.lane, 'equipmentPools/pump-' || b.lane, 'staff/nurse-' || b.lane, 'staff/clinician-' || b.lane]) as resource,
       lateral (select (at at time zone 'America/New_York')::date as day) l
  where b.n = :n order by resource, day
  on conflict (clinic, resource, day) do update set version = d.version + 1, changed = excluded.changed
    where d.changed <> excluded.changed;
insert into patient_times (clinic, owner, patient, during)
  select :clinic, 'appointments/h' || :n || '-' || i, b.patient, tstzrange(at, at + interval '110 minutes')
  from by_hand b, unnest(b.starts) with ordinality as t (at, i) where b.n = :n;
insert into occupancies (clinic, owner, resource, role, load, exclusive, during)
  select :clinic, 'appointments/h' || :n || '-' || i, resource, role, load, false, tstzrange(at + from_minute * interval '1 minute', at + to_minute * interval '1 minute')
  from by_hand b, unnest(b.starts) with ordinality as t (at, i),
       lateral (values ('rooms/' || b.lane, 'room', 1, 0, 125), ('equipmentPools/pump-' || b.lane, 'pump', 1, 15, 70),
                       ('staff/nurse-' || b.lane, 'nurse', 12, 0, 15), ('staff/nurse-' || b.lane, 'nurse', 3, 60, 110),
                       ('staff/clinician-' || b.lane, 'clinician', 12, 15, 25), ('staff/clinician-' || b.lane, 'clinician', 4, 25, 65))
         as u (resource, role, load, from_minute, to_minute)
  where b.n = :n order by i;
insert into blocks (clinic, course, number, phases, cancelled, financial_reservation, coverage_reservation, created_at, decision)
  select :clinic, course, 1, '["all"]', false, 'f' || :n, 'c' || :n, now(), '' from by_hand where n = :n;
insert into appointments (clinic, id, course, patient, block, position, visit_id, visit_type, session_number, start_at, end_at, state, assignments,
    program, note, cancel_reason, cancelled_by_clinic, version, created_at, updated_at, rebooks, overrides, cancelled_late)
  select :clinic, 'h' || :n || '-' || i, b.course, b.patient, 1, i - 1, 'infusion-' || i, 'iv-infusion', i, at, at + interval '110 minutes', 'BOOKED',
    jsonb_build_array(jsonb_build_object('role', 'room', 'resource', 'rooms/' || b.lane), jsonb_build_object('role', 'pump', 'resource', 'equipmentPools/pump-' || b.lane),
                      jsonb_build_object('role', 'nurse', 'resource', 'staff/nurse-' || b.lane), jsonb_build_object('role', 'clinician', 'resource', 'staff/clinician-' || b.lane)),
    'six', '', '', false, 1, now(), now(), null, '[]', false
  from by_hand b, unnest(b.starts) with ordinality as t (at, i) where b.n = :n;
update courses c set version = c.version + 1, updated_at = now() from by_hand b where c.clinic = :clinic and c.id = b.course and b.n = :n;
insert into outbox (clinic, type, subject, subject_version, state, related, occurred_at, trace_id)
  select :clinic, 'appointment.booked', 'clinics/' || :clinic || '/appointments/h' || :n || '-' || i, 1, 'BOOKED',
    jsonb_build_object('patient', b.patient, 'course', b.course), now(), ''
  from by_hand b, generate_series(0, 6) as i where b.n = :n;
insert into audit_log (clinic, occurred_at, actor, roles, method, subject, outcome, request_id, trace_id)
  select :clinic, now(), 'by-hand', 'ASSISTANT', 'BookBlock', b.patient, 'OK', 'b' || :n, '' from by_hand b where b.n = :n;
insert into request_journal (clinic, caller, method, request_id, body_hash, response, stored_at)
  values (:clinic, 'by-hand', 'BookBlock', 'b' || :n, '', decode(repeat('00', 3000), 'hex'), now());
commit;
