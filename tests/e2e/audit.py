#!/usr/bin/env python3
"""Judges what the databases of scheduling, billing and authorization hold of one clinic, by SQL and arithmetic alone: nothing of the services'
code is shared. With a log of acknowledged changes, also whether everything acknowledged is there.
    tests/e2e/audit.py SOCKET_FOLDER CLINIC [LOG]
Prints every breach, then what was looked at; exit code 1 where there is a breach."""
import collections
import datetime as dt
import json
import subprocess
import sys
import zoneinfo

STANDING = {"BOOKED", "CONFIRMED", "CHECKED_IN", "COMPLETED"}
HOLDING_CAPACITY = {"BOOKED", "CONFIRMED", "CHECKED_IN", "COMPLETED"}
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)

socket, clinic = sys.argv[1:3]
breaches = []
looked_at = collections.Counter()


def breach(what):
    breaches.append(what)


def rows(service, query):
    """Rows of a query as objects, read as the superuser, whom no row security hides anything from."""
    text = f"select to_jsonb(r) from ({query.replace('$clinic', clinic)}) r"
    command = ["psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-h", socket, "-U", "postgres", "-d", f"kat_{service}", "-c", text]
    if subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip() == "root":
        command = ["runuser", "-u", "kat", "--"] + command
    out = subprocess.run(command, capture_output=True, text=True)
    if out.returncode != 0:
        sys.exit(f"{query}: {out.stderr}")
    return [json.loads(line) for line in out.stdout.splitlines()]


def minutes(n):
    return dt.timedelta(minutes=n)


def instant(text):
    return dt.datetime.fromisoformat(text.replace("Z", "+00:00"))


def acked_instant(text):
    return dt.datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(dt.timezone.utc)


the_clinic = rows("scheduling", "select * from clinics where clinic = '$clinic'")[0]
zone = zoneinfo.ZoneInfo(the_clinic["time_zone"])
resources = {r["key"]: r for r in rows("scheduling", "select * from resources where clinic = '$clinic'")}
types = {t["id"]: t["body"] for t in rows("scheduling", "select id, body from visit_types where clinic = '$clinic'")}
protocols = {(p["protocol"], p["version"]): p["body"] for p in rows("scheduling", "select protocol, version, body from protocol_versions where clinic = '$clinic'")}
courses = {c["id"]: c for c in rows("scheduling", "select * from courses where clinic = '$clinic'")}
blocks = rows("scheduling", "select * from blocks where clinic = '$clinic'")
appointments = rows("scheduling", "select *, start_at at time zone 'UTC' as start_utc, end_at at time zone 'UTC' as end_utc from appointments where clinic = '$clinic'")
holds = rows("scheduling", "select *, expires_at at time zone 'UTC' as expires_utc from holds where clinic = '$clinic'")
offers = rows("scheduling", "select *, start_at at time zone 'UTC' as start_utc, end_at at time zone 'UTC' as end_utc from wait_list_offers where clinic = '$clinic'")
entries = {e["id"]: e for e in rows("scheduling", "select * from wait_list_entries where clinic = '$clinic'")}
occupancies = rows("scheduling", "select owner, resource, role, load, lower(during) at time zone 'UTC' as start_utc, upper(during) at time zone 'UTC' as end_utc from occupancies where clinic = '$clinic'")
patient_times = rows("scheduling", "select owner, patient, lower(during) at time zone 'UTC' as start_utc, upper(during) at time zone 'UTC' as end_utc from patient_times where clinic = '$clinic'")
treatments = {t["appointment"]: t for t in rows("scheduling", "select appointment, state, version from treatment_records where clinic = '$clinic'")}
events = rows("scheduling", "select subject, type, subject_version as version from outbox where clinic = '$clinic' and type like 'appointment.%'")
stranded = {e["subject"].split("/")[-1] for e in rows("scheduling", "select distinct subject from outbox where clinic = '$clinic' and type = 'appointment.stranded'")}
for row in appointments + offers + occupancies + patient_times:
    row["start"] = instant(row["start_utc"]).replace(tzinfo=dt.timezone.utc)
    row["end"] = instant(row["end_utc"]).replace(tzinfo=dt.timezone.utc)


def day_of(time):
    return time.astimezone(zone).date()


def uses(owner, visit_type, start, assignments):
    """(owner, resource, role, load, from, to) of a visit, by its type: every phase, before and after the patient's time too."""
    of_role = {a["role"]: a["resource"] for a in assignments}
    for role in types[visit_type]["roles"]:
        if role["role"] not in of_role:
            breach(f"{owner}: nobody in role {role['role']}")
            continue
        for s in role["segments"]:
            yield (owner, of_role[role["role"]], role["role"], s["load"], start + minutes(s["from"]), start + minutes(s["to"]))


def visit_types_of(course):
    body = protocols[(course["protocol"], course["protocol_version"])]
    return {v["stem"]: v["visit_type"] for phase in body["phases"] for v in phase["visits"]}


# What should be taken: by the appointments that stand, by holds, by offers.
expected, expected_patients = [], []
for a in appointments:
    if a["state"] in HOLDING_CAPACITY:
        owner = f"appointments/{a['id']}"
        expected += uses(owner, a["visit_type"], a["start"], a["assignments"])
        if a["patient"]:
            expected_patients.append((owner, a["patient"], a["start"], a["end"]))
for h in holds:
    if h["state"] != "ACTIVE":
        continue
    of_stem = visit_types_of(courses[h["course"]])
    for v in h["plan"]["visits"]:
        kind = of_stem[v["visit_id"].rsplit("-", 1)[0]]
        start = EPOCH + dt.timedelta(microseconds=v["start_micros"])
        expected += uses(f"holds/{h['id']}", kind, start, v["assignments"])
        expected_patients.append((f"holds/{h['id']}", h["patient"], start, start + minutes(types[kind]["duration_minutes"])))
for o in offers:
    if o["state"] == "OPEN" and not o["hold"]:
        owner = f"waitListOffers/{o['id']}"
        expected += uses(owner, o["visit_type"], o["start"], o["assignments"])
        expected_patients.append((owner, o["patient"], o["start"], o["end"]))

taken = collections.Counter((o["owner"], o["resource"], o["role"], o["load"], o["start"], o["end"]) for o in occupancies)
for missing in (collections.Counter(expected) - taken).elements():
    breach(f"should be taken and is not: {missing}")
for extra in (taken - collections.Counter(expected)).elements():
    breach(f"is taken by nothing that stands: {extra}")
taken = collections.Counter((p["owner"], p["patient"], p["start"], p["end"]) for p in patient_times)
for odd in ((collections.Counter(expected_patients) - taken) + (taken - collections.Counter(expected_patients))).elements():
    breach(f"a patient's time that does not match: {odd}")
looked_at["loads"] = len(expected)

# No resource above its capacity at any instant, no patient in two places: a sweep over starts and ends, ends first.
steps = collections.defaultdict(list)
for owner, resource, _, load, start, end in expected:
    steps[resource] += [(start, load, owner), (end, -load, owner)]
for resource, changes in steps.items():
    load = 0
    for time, change, owner in sorted(changes, key=lambda c: (c[0], c[1])):
        load += change
        if load > resources[resource]["capacity"]:
            breach(f"{resource} carries {load} of {resources[resource]['capacity']} at {time}, with {owner}")
looked_at["resources"] = len(steps)
by_patient = collections.defaultdict(list)
for owner, patient, start, end in expected_patients:
    by_patient[patient].append((start, end, owner))
for patient, times in by_patient.items():
    times.sort()
    for (_, end, one), (start, _, other) in zip(times, times[1:]):
        if start < end:
            breach(f"a patient of {one} is also at {other}")


def working(resource, day):
    """Minutes of a day in which a resource works; and those that a departure takes away."""
    calendar = resource["availability"]
    weekly = calendar["weekly"] or the_clinic["opening_hours"]
    on, off = set(), set()
    if day.isoformat() not in the_clinic["holidays"]:
        for w in weekly:
            holds_on = w.get("effective_from", "0001") <= day.isoformat() < w.get("effective_until", "9999")
            if w["weekday"] == day.weekday() and holds_on:
                on |= set(range(w["from"], w["to"]))
    for e in calendar["exceptions"]:
        if e["from"] <= day.isoformat() < e["until"]:
            (on if e["available"] else off).update(range(e["from_minute"], e["to_minute"]))
    return on, off


# Everything lies within calendars; what a sick day took them away from was told as stranded.
hours = {}
for owner, resource, role, _, start, end in expected:
    local, last = start.astimezone(zone), end.astimezone(zone)
    day = local.date()
    if (resource, day) not in hours:
        hours[(resource, day)] = working(resources[resource], day)
    on, off = hours[(resource, day)]
    span = set(range(local.hour * 60 + local.minute, last.hour * 60 + last.minute))
    if not span <= on:
        breach(f"{owner}: {resource} does not work then: {local} to {last}")
    if span & off and owner.startswith("appointments/") and owner.split("/")[1] not in stranded:
        breach(f"{owner}: {resource} is away and nobody was told: {local} to {last}")
    tag = next((r["tag"] for t in types.values() for r in t["roles"] if r["role"] == role and any(x["tag"] == r["tag"] for x in resources[resource]["tags"])), None)
    if tag is None:
        breach(f"{owner}: {resource} has no tag for {role}")

# Blocks are whole or not there.
of_block = collections.defaultdict(list)
for a in appointments:
    if a["course"]:
        of_block[(a["course"], a["block"])].append(a)
known = {(b["course"], b["number"]): b for b in blocks}
for key in of_block.keys() - known.keys():
    breach(f"appointments of a block that is not there: {key}")
for key, block in known.items():
    course = courses[key[0]]
    body = protocols[(course["protocol"], course["protocol_version"])]
    count = sum(v["count"] for phase in body["phases"] if phase["id"] in block["phases"] for v in phase["visits"])
    ids = {a["visit_id"] for a in of_block[key]}
    if len(ids) != count:
        breach(f"block {key} has {len(ids)} of {count} visits")
    standing = collections.Counter(a["visit_id"] for a in of_block[key] if a["state"] in STANDING)
    if any(n > 1 for n in standing.values()):
        breach(f"block {key}: a visit stands twice: {standing}")
    if block["cancelled"] and standing:
        breach(f"block {key} is cancelled and {sorted(standing)} stand")
    looked_at["blocks"] += 1

# A visit that is over stays as it was when it ended, whatever is moved and repaired around it; nothing moves whoever is checked in.
OVER = {"appointment.completed": "COMPLETED", "appointment.no_show": "NO_SHOW", "appointment.cancelled": "CANCELLED"}
by_id = {a["id"]: a for a in appointments}
told_of = collections.defaultdict(list)
for event in events:
    told_of[event["subject"].split("/")[-1]].append((event["version"], event["type"]))
for a in appointments:
    arrived = [version for version, what in told_of[a["id"]] if what == "appointment.checked_in"]
    ended = [(version, what) for version, what in told_of[a["id"]] if what in OVER]
    if arrived and any(version > arrived[0] and what == "appointment.moved" for version, what in told_of[a["id"]]):
        breach(f"appointment {a['id']} was moved after check-in: {sorted(told_of[a['id']])}")
    if len(ended) != (a["state"] in OVER.values()):
        breach(f"appointment {a['id']} is {a['state']} and ended {len(ended)} times: {sorted(told_of[a['id']])}")
    for version, what in ended:
        if a["version"] != version or a["state"] != OVER[what]:
            breach(f"appointment {a['id']} ended at {version} by {what} and is {a['state']} at {a['version']}")
    looked_at[f"visits {a['state'].lower().replace('_', ' ')}"] += 1

# The record of a treatment and its visit go together.
VISIT_OF = {"CHECKED_IN": "CHECKED_IN", "TREATING": "CHECKED_IN", "OBSERVING": "CHECKED_IN", "COMPLETED": "COMPLETED", "NOT_TREATED": "CANCELLED"}
for name, t in treatments.items():
    a = by_id.get(name)
    if a is None or a["state"] != VISIT_OF[t["state"]]:
        breach(f"the treatment of appointment {name} is {t['state']} and the visit {a and a['state']}")
for a in appointments:
    if a["state"] in ("CHECKED_IN", "COMPLETED") and types[a["visit_type"]]["dosing"] and a["id"] not in treatments:
        breach(f"appointment {a['id']} is {a['state']} and has no treatment record")
looked_at["treatments"] = len(treatments)

# Gaps of the protocol, between visits that stand, unless somebody answers for it.
for course in courses.values():
    body = protocols[(course["protocol"], course["protocol_version"])]
    standing = {a["visit_id"]: a for a in appointments if a["course"] == course["id"] and a["state"] in STANDING}

    def rule(one, other, gap, what):
        if one not in standing or other not in standing:
            return
        a, b = standing[one], standing[other]
        looked_at["gaps"] += 1
        days = (day_of(b["start"]) - day_of(a["start"])).days
        real = (b["start"] - a["start"]).total_seconds() / 60
        kept = (days >= gap.get("min_days", 0) and days <= gap.get("max_days", days) and real >= gap.get("min_minutes", real)
                and real <= gap.get("max_minutes", real) and b["start"] >= a["end"])
        answered = any({o.get("from_visit"), o.get("to_visit")} == {one, other} for o in a["overrides"] + b["overrides"])
        if not kept and not answered:
            breach(f"course {course['id']}: {what}: {one} {a['start']} → {other} {b['start']}: {days} days, {gap}")

    # Numbers of a stem count on through the phases of the blocks that stand.
    before = collections.Counter()
    of_phase = {phase["id"]: phase for phase in body["phases"]}
    for name in [p for b in sorted(blocks, key=lambda b: b["number"]) if b["course"] == course["id"] and not b["cancelled"] for p in b["phases"]]:
        phase = of_phase[name]
        counts = {v["stem"]: v["count"] for v in phase["visits"]}
        for s in phase["spacings"]:
            for n in range(before[s["stem"]] + 1, before[s["stem"]] + counts[s["stem"]] + 1):
                rule(f"{s['stem']}-{n - s['step']}", f"{s['stem']}-{n}", s["gap"], "spacing")
        for r in phase["rolling_limits"]:
            for n in range(before[r["stem"]] + 1, before[r["stem"]] + counts[r["stem"]] + 1):
                rule(f"{r['stem']}-{n - r['max_visits']}", f"{r['stem']}-{n}", {"min_days": r["days"]}, "rolling limit")
        for s in phase["span_limits"]:
            gap = {"min_days": s["min_days"] - 1}
            if s["max_days"]:
                gap["max_days"] = s["max_days"] - 1
            rule(f"{s['stem']}-{before[s['stem']] + 1}", f"{s['stem']}-{before[s['stem']] + counts[s['stem']]}", gap, "span")
        for f in phase["follow_ups"]:
            after = f["after_ordinals"] or list(range(1, counts[f["stem"]] + 1))
            for n, ordinal in enumerate(after, 1):
                rule(f"{f['after_stem']}-{before[f['after_stem']] + ordinal}", f"{f['stem']}-{before[f['stem']] + n}", f["gap"], "follow-up")
        before.update(counts)

# Holds.
active = collections.Counter(h["course"] for h in holds if h["state"] == "ACTIVE")
for course, n in active.items():
    if n > 1:
        breach(f"course {course} has {n} active holds")
booked_courses = {b["course"] for b in blocks}
for h in holds:
    if h["state"] == "BOOKED" and h["course"] not in booked_courses:
        breach(f"hold {h['id']} is booked and its course has no block")
looked_at["holds"] = len(holds)
states = {a["id"]: a["state"] for a in appointments}
for e in entries.values():
    mine = [o for o in offers if o["entry"] == e["id"]]
    if (e["state"] == "OFFERED") != any(o["state"] == "OPEN" for o in mine):
        breach(f"wait-list entry {e['id']} is {e['state']} and its offers are {[o['state'] for o in mine]}")
    if (e["state"] == "BOOKED") != any(o["state"] == "ACCEPTED" for o in mine):
        breach(f"wait-list entry {e['id']} is {e['state']} and its offers are {[o['state'] for o in mine]}")
    awaited = states.get(e["appointment"], "BOOKED")
    if e["state"] in ("WAITING", "OFFERED") and awaited not in ("BOOKED", "CONFIRMED"):
        breach(f"wait-list entry {e['id']} is {e['state']} and its appointment is {awaited}")
    if e["state"] in ("WAITING", "OFFERED") and e["course"] and courses[e["course"]]["stopped"]:
        breach(f"wait-list entry {e['id']} is {e['state']} and its course is stopped")
ids = {a["id"] for a in appointments}
for o in offers:
    if o["state"] == "ACCEPTED" and o["appointment"] and o["appointment"] not in ids:
        breach(f"offer {o['id']} was accepted and its appointment is not there")

# Reservations at billing and authorization: those of a block that stands are there; a confirmed one has a block.
money = {r["id"]: r for r in rows("billing", "select id, course, state from financial_reservations where clinic = '$clinic'")}
coverage = {r["id"]: r for r in rows("authorization", "select reservation as id, course, state from coverage_reservations where clinic = '$clinic'")}
RESERVED, CONFIRMED = {1, "HELD"}, {2, "CONFIRMED"}
for what, field, reservations in (("financial", "financial_reservation", money), ("coverage", "coverage_reservation", coverage)):
    named = set()
    for b in blocks:
        name = b[field].split("/")[-1]
        if not name:
            breach(f"block {b['course']}/{b['number']} has no {what} reservation")
            continue
        named.add(name)
        r = reservations.get(name)
        if r is None or r["course"] != b["course"]:
            breach(f"block {b['course']}/{b['number']} names a {what} reservation that is not there or another's: {r}")
        elif not b["cancelled"] and r["state"] not in CONFIRMED:
            breach(f"block {b['course']}/{b['number']} stands, its {what} reservation is {r['state']}")
    for r in reservations.values():
        if r["state"] in CONFIRMED and r["id"] not in named:
            # A visit booked anew reserves for itself, and its block then names that reservation.
            looked_at[f"{what} reservations of before"] += 1
            if r["course"] not in booked_courses:
                breach(f"a {what} reservation is confirmed and its course has no block: {r}")
        if r["state"] in RESERVED and r["id"] not in named:
            looked_at[f"{what} reservations that a kill left to expire"] += 1
    looked_at[f"{what} reservations"] = len(reservations)

# Everything that was acknowledged is there: as it was said, or as a later change left it.
if len(sys.argv) > 3:
    now = {a["id"]: a for a in appointments}
    hold_states = {h["id"]: h["state"] for h in holds}
    for line in open(sys.argv[3], encoding="utf-8"):
        ack = json.loads(line)
        answer = ack["answer"]
        looked_at["acknowledged"] += 1
        told = answer.get("appointments", [])
        if answer.get("name", "").endswith("/treatmentRecord"):
            there = treatments.get(answer["name"].split("/")[-2])
            version = int(answer["etag"].strip('"v'))
            if there is None or there["version"] < version or (there["version"] == version and there["state"] != answer["state"]):
                breach(f"{ack['method']} said {answer['state']} at {version} of {answer['name']}, and there is {there}")
        elif "/appointments/" in answer.get("name", ""):
            told = told + [answer]
        if "appointment" in answer:
            told = told + [answer["appointment"]]
        for a in told:
            if not isinstance(a, dict):
                continue
            there = now.get(a["name"].split("/")[-1])
            version = int(a["etag"].strip('"v'))
            if there is None or there["version"] < version:
                breach(f"{ack['method']} said {a['name']} at {version}, and there is {there and there['version']}")
            elif there["version"] == version:
                said = (acked_instant(a["start_time"]), a["state"], sorted((x["role"], "/".join(x["resource"].split("/")[-2:])) for x in a.get("assignments", [])))
                stands = (there["start"], there["state"], sorted((x["role"], x["resource"]) for x in there["assignments"]))
                if said != stands:
                    breach(f"{ack['method']} said {said} of {a['name']}, and there is {stands}")
        if "/holds/" in answer.get("name", "") and answer["name"].split("/")[-1] not in hold_states:
            breach(f"hold {answer['name']} was acknowledged and is not there")
        if ack["method"] == "BookBlock":
            name = answer["block"]["name"].split("/")
            if (name[3], int(name[5])) not in known:
                breach(f"{answer['block']['name']} was acknowledged and is not there")

looked_at["appointments"] = len(appointments)
looked_at["standing"] = sum(a["state"] in STANDING for a in appointments)
looked_at["stranded at some time"] = len(stranded)
looked_at["wait-list offers"] = len(offers)
for what in breaches[:40]:
    print("BREACH", what)
print("audited: " + ", ".join(f"{n} {what}" for what, n in sorted(looked_at.items())))
print(f"{len(breaches)} breaches")
sys.exit(1 if breaches or not appointments else 0)
