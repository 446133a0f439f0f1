"""Instances that use what the public ones don't, made from generate.py's: the optimizer's own regimes."""
import json
import random

import generate

DAY = generate.DAY


def base(kind, seed, courses=24, tightness=1.1):
    # A copy: the generator's visit types are one list for all its instances.
    return json.loads(json.dumps(generate.generate(courses, seed, tightness, kind, f"special-{kind}-{seed}")))


def two_courses_a_patient(inst, rng):
    for a, b in zip(inst["courses"][::2], inst["courses"][1::2]):
        a["patient"] = b["patient"] = f"patient-of-{a['id']}"
        b["earliest_day"] = a["earliest_day"]


def minute_lags(inst, rng):
    """A day and a half between doses, a follow-up within hours on the same day, and a longest time in minutes."""
    for c in inst["courses"]:
        for g in c["lags"]:
            if g["min_days"] == 2:
                g["min_minutes"] = rng.choice([2 * DAY - 120, 2 * DAY, 2 * DAY + 60])
            elif g["min_days"] == 1 and rng.random() < 0.4:
                g["min_days"], g["max_days"], g["ideal_days"] = 0, 0, 0
                g["min_minutes"], g["max_minutes"] = 120, 420


def dated_tags(inst, rng):
    for r in inst["resources"]:
        if r["capacity"] == 12 and rng.random() < 0.5:
            a = rng.randrange(20)
            windows = [[0, a * DAY + 700], [(a + 3) * DAY, 200 * DAY]]
            r["tags"] = [{"tag": t, "windows": windows} if rng.random() < 0.7 else t for t in r["tags"]]


def touching_roles(inst, rng):
    """Nurses who are also therapists, and a visit whose second nurse may be the first."""
    for r in inst["resources"]:
        if "rn" in r["tags"]:
            r["tags"] = r["tags"] + ["therapist"]
    for t in inst["visit_types"]:
        if t["id"] == "spravato":
            t["roles"] = t["roles"] + [{"name": "second", "tag": "rn", "usage": [{"from": 0, "to": 30, "load": 4}]}]


def day_costs(inst, rng):
    for r in inst["resources"]:
        if rng.random() < 0.6:
            r["day_cost"] = rng.choice([3, 8, 40])


def coarse_grid(inst, rng):
    inst["slot_minutes"] = rng.choice([7, 15, 25, 45])


def fine_grid(inst, rng):
    inst["slot_minutes"] = 1


def overloads(inst, rng):
    """Blocks over capacity, and fixed visits where they cannot be: outside hours, on what is gone, in two places at once."""
    ids = [r["id"] for r in inst["resources"]]
    for _ in range(20):
        a = rng.randrange(30) * DAY + rng.randrange(480, 1000)
        inst["blocks"].append({"resource": rng.choice(ids), "from": a, "to": a + rng.randrange(1, 200), "load": rng.choice([1, 13, 40])})
    for c in inst["courses"]:
        if rng.random() < 0.4:
            v = c["visits"][0]
            assign = {r["name"]: rng.choice(ids + ["gone"]) for t in inst["visit_types"] if t["id"] == v["type"]
                      for r in t["roles"]}
            assign["old-role"] = rng.choice(ids)
            v["current"] = {"start": c["earliest_day"] * DAY + rng.randrange(-500, 1500), "assign": assign}
            v["fixed"] = True


REGIMES = [two_courses_a_patient, minute_lags, dated_tags, touching_roles, day_costs, coarse_grid, overloads]


def instances():
    """(name, instance), each regime alone and several together."""
    for n, regime in enumerate(REGIMES + [fine_grid]):
        for kind in ("new", "repair"):
            inst = base(kind, 100 + n, courses=12 if regime is fine_grid else 24)
            regime(inst, random.Random(n))
            inst["name"] = f"{regime.__name__}-{kind}"
            yield inst["name"], inst
    for n in range(8):
        rng = random.Random(1000 + n)
        inst = base(rng.choice(["new", "repair"]), 200 + n)
        chosen = rng.sample(REGIMES, rng.randrange(2, len(REGIMES) + 1))
        for regime in REGIMES:
            if regime in chosen:
                regime(inst, rng)
        inst["name"] = f"mixed-{n}"
        yield inst["name"], inst


def hostile(seed, resources=150, days=200, slot=1, visits=30, roles=6, courses=3):
    """Courses made to be hard: many visits far apart, many roles that should keep their hands, many hands, a grid of minutes."""
    rng = random.Random(seed)
    tags = [f"tag-{k}" for k in range(roles)]

    def hours(share):
        return [[d * DAY + rng.choice([480, 540, 600]), d * DAY + rng.choice([960, 1020, 1080])]
                for d in range(days) if rng.random() < share]

    types = [{"id": f"type-{t}", "duration": 60 + 30 * t, "roles": [
        {"name": f"role-{r}", "tag": tags[r], "usage": [{"from": 0, "to": 60 + 30 * t, "load": 1}]}
        for r in range(roles) if r % 3 != t or r == 0]} for t in range(3)]
    made = []
    for c in range(courses):
        v = [f"visit-{k}" for k in range(visits)]
        lags = [generate.lag(a, b, rng.choice([0, 1]), 40, rng.randrange(1, 6)) for a, b in zip(v, v[1:])]
        lags += [generate.lag(a, b, 4) for a, b in zip(v, v[3:])]
        made.append({"id": f"course-{c}", "priority": 1, "earliest_day": rng.randrange(5), "lags": lags,
                     "visits": [{"id": x, "type": f"type-{rng.randrange(3)}"} for x in v],
                     "available": [[d * DAY + 480, d * DAY + 1080] for d in range(days) if rng.random() < 0.8],
                     "preferred": hours(0.5), "continuity": [f"role-{r}" for r in range(roles - 1)]})
    return {"format": "kat-scheduling-instance/1", "name": f"hostile-{seed}", "slot_minutes": slot, "days": days,
            "weights": dict(generate.WEIGHTS, unscheduled=20000), "visit_types": types, "courses": made, "blocks": [],
            "resources": [{"id": f"r-{k}", "tags": [tags[k % roles]], "capacity": 1, "windows": hours(0.5),
                           "day_cost": rng.choice([0, 0, 7, 13])} for k in range(resources)]}
