"""The protocol scheduling problem (tests/scheduling/PROBLEM.md) as a time-indexed mixed-integer program for COIN-OR CBC.

A binary for every visit and start, and one for every role, resource and start; days, lags and costs are linear in them.
To be small enough to load, starts are limited to a raster and each visit to some days past where its protocol would
have it; the starts of a given solution are always among them, so that it can be where CBC begins. What CBC finds is a
schedule of the whole problem all the same; what it proves holds for the limited one alone. What the problem charges in
any case (days that fixed visits open) is left out of the objective.
"""
import collections
import subprocess
import threading
import time

DAY = 1440
GRACE = 120  # seconds past its time that a solver may take to end by itself


def output(command, seconds):
    """The lines that a solver prints, which is stopped where it has not ended by itself after so long."""
    run = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1)
    late = threading.Timer(seconds, run.kill)
    late.start()
    try:
        yield from run.stdout
    finally:
        late.cancel()
        run.kill()
        run.wait()


def days_of(course, days, slack):
    """The days that lags and slack leave to each visit: {visit: (first, last)}."""
    first = {v["id"]: v["current"]["start"] // DAY if v.get("fixed") else course["earliest_day"] for v in course["visits"]}
    nominal = {v["id"]: max(first[v["id"]], v["current"]["start"] // DAY if "current" in v else 0) for v in course["visits"]}
    for _ in course["visits"]:
        for lag in course["lags"]:
            low, ideal = lag["min_days"], lag.get("ideal_days", lag["min_days"])
            first[lag["to"]] = max(first[lag["to"]], first[lag["from"]] + low)
            nominal[lag["to"]] = max(nominal[lag["to"]], nominal[lag["from"]] + max(low, ideal))
    return {v: (first[v], min(days - 1, nominal[v] + slack)) for v in first}


class Model:
    """Columns and rows, written as free MPS."""

    def __init__(self):
        self.cost, self.entries, self.integer, self.rows = {}, collections.defaultdict(list), set(), []

    def column(self, name, cost=0.0, integer=True):
        self.cost[name] = self.cost.get(name, 0.0) + cost
        if integer:
            self.integer.add(name)
        return name

    def row(self, sense, side, terms):
        name = f"r{len(self.rows)}"
        self.rows.append((name, sense, side))
        sums = collections.defaultdict(float)
        for value, column in terms:
            sums[column] += value
        for column, value in sums.items():
            if value:
                self.entries[column].append((name, value))

    def write(self, path):
        with open(path, "w") as out:
            out.write("NAME kat FREE\nROWS\n N cost\n")
            out.writelines(f" {sense} {name}\n" for name, sense, _ in self.rows)
            out.write("COLUMNS\n MARK 'MARKER' 'INTORG'\n")
            for integer in (True, False):
                for name, cost in self.cost.items():
                    if (name in self.integer) == integer:
                        out.write(f" {name} cost {cost:g}\n")
                        out.writelines(f" {name} {row} {value:g}\n" for row, value in self.entries[name])
                if integer:
                    out.write(" MARK 'MARKER' 'INTEND'\n")
            out.write("RHS\n")
            out.writelines(f" RHS {name} {side:g}\n" for name, _, side in self.rows if side)
            out.write("BOUNDS\n")
            out.writelines(f" UP BND {name} 1\n" for name in self.cost if name in self.integer)
            out.write("ENDATA\n")


def by_day(windows):
    """{day: the windows that hold anything of it}, so that few are looked at."""
    days = collections.defaultdict(list)
    for x, y in windows:
        for day in range(x // DAY, (y - 1) // DAY + 1):
            days[day].append((x, y))
    return days


def inside(days, a, b):
    return any(x <= a and b <= y for x, y in days.get(a // DAY, ()))


def formulate(inst, given, raster, slack):
    """Returns the model, {column: (course, visit, start)}, {column: (course, visit, role, resource)}, and of each column
    of hands or of an open day those that it has to be 1 for."""
    weights, types = inst["weights"], {t["id"]: t for t in inst["visit_types"]}
    resources = {r["id"]: r for r in inst["resources"]}
    stands = {(v["course"], v["visit"]): v["start"] for v in given["visits"]}
    model, starts, roles = Model(), {}, {}
    loads = collections.defaultdict(list)  # resource: (from, to, load, column)
    blocks = collections.defaultdict(list)
    for b in inst["blocks"]:
        blocks[b["resource"]].append((b["from"], b["to"], b["load"]))
    open_anyway = set()
    for visit in (v for course in inst["courses"] for v in course["visits"] if v.get("fixed")):
        at = visit["current"]
        for role in types[visit["type"]]["roles"]:
            k = at["assign"].get(role["name"])
            for segment in role["usage"] if k in resources else ():
                blocks[k].append((at["start"] + segment["from"], at["start"] + segment["to"], segment["load"]))
                open_anyway.add((k, (at["start"] + segment["from"]) // DAY))
    opened, needs = {}, collections.defaultdict(list)

    windows = {k: by_day(r["windows"]) for k, r in resources.items()}
    number = {k: i for i, k in enumerate(resources)}
    known = {}

    def who_serves(kind, start):
        """For each role of the visit type, who can fill it from `start`."""
        if (kind["id"], start) not in known:
            known[kind["id"], start] = [[k for k, r in resources.items() if serves(r, role["tag"], role["usage"], start)]
                                        for role in kind["roles"]]
        return known[kind["id"], start]

    def serves(resource, tag, usage, start):
        if tag not in resource["tags"]:
            return False
        for segment in usage:
            a, b = start + segment["from"], start + segment["to"]
            if not inside(windows[resource["id"]], a, b):
                return False
            near = [(x, y, load) for x, y, load in blocks[resource["id"]] if x < b and a < y]
            for t in [a] + [x for x, _, _ in near if x > a]:  # the sum is highest where something begins
                if sum(load for x, y, load in near if x <= t < y) + segment["load"] > resource["capacity"]:
                    return False
        return True

    for c, course in enumerate(inst["courses"]):
        if all(v.get("fixed") for v in course["visits"]):
            continue
        fixed = {v["id"]: v["current"]["start"] for v in course["visits"] if v.get("fixed")}
        stood = any("current" in v for v in course["visits"])
        out = model.column(f"z{c}", weights["dropped" if stood else "unscheduled"] * course["priority"])
        span = days_of(course, inst["days"], slack)
        available, preferred = by_day(course["available"]), by_day(course.get("preferred", []))
        of_visit, on_patient, used = {}, collections.defaultdict(list), {}
        done = [(fixed[v["id"]], fixed[v["id"]] + types[v["type"]]["duration"]) for v in course["visits"] if v["id"] in fixed]
        for v, visit in enumerate(course["visits"]):
            if visit["id"] in fixed:
                continue
            kind, now = types[visit["type"]], visit.get("current")
            first, last = span[visit["id"]]
            tries = set(range(first * DAY, (last + 1) * DAY, raster)) | ({now["start"]} if now else set())
            tries |= {stands[course["id"], visit["id"]]} if (course["id"], visit["id"]) in stands else set()
            of_visit[visit["id"]] = []
            allowed = by_day(visit["windows"]) if "windows" in visit else available
            for start in sorted(tries):
                end = start + kind["duration"]
                if not inside(available, start, end) or not inside(allowed, start, end):
                    continue
                if any(a < end and start < b for a, b in done):
                    continue
                who = who_serves(kind, start)
                if not all(who):
                    continue
                day = start // DAY
                cost = 0
                if v == 0:
                    cost += weights["start_delay"] * course["priority"] * (day - course["earliest_day"])
                if course.get("preferred") and not inside(preferred, start, end):
                    cost += weights["preference"]
                if now and start != now["start"]:
                    cost += weights["move"]
                x = model.column(f"x{c}_{v}_{start}", cost)
                starts[x] = (course["id"], visit["id"], start)
                of_visit[visit["id"]].append((x, start))
                for t in range(start - start % raster, end, raster):
                    on_patient[t].append((start, end, x))
                for r, role in enumerate(kind["roles"]):
                    ways = []
                    for k in who[r]:
                        w = model.column(f"w{c}_{v}_{r}_{number[k]}_{start}")
                        roles[w] = (course["id"], visit["id"], role["name"], k)
                        ways.append((1, w))
                        loads[k] += [(start + s["from"], start + s["to"], s["load"], w) for s in role["usage"]]
                        if role["name"] in course["continuity"]:
                            used.setdefault((role["name"], k), collections.defaultdict(list))[v].append(w)
                        if resources[k].get("day_cost"):
                            for of_day in {(start + s["from"]) // DAY for s in role["usage"]}:
                                opened.setdefault((k, of_day), collections.defaultdict(list))[c, v].append(w)
                    model.row("E", 0, ways + [(-1, x)])
                    if now and start == now["start"]:  # in other hands than it stands
                        q = model.column(f"q{c}_{v}", 0 if r else weights["reassign"], integer=False)
                        same = [(1, w) for _, w in ways if roles[w][3] == now["assign"].get(role["name"])]
                        model.row("G", 0, [(1, q), (-1, x)] + same)
        for visit in of_visit.values():
            model.row("E", 1, [(1, x) for x, _ in visit] + [(1, out)])
        for at, spans in on_patient.items():
            for t in sorted({s for s, _, _ in spans}):
                there = [(1, x) for s, e, x in spans if s <= t < e]
                if len(there) > 1 and at <= t < at + raster:
                    model.row("L", 1, there)
        for n, lag in enumerate(course["lags"]):
            i, j = lag["from"], lag["to"]
            days_known = (fixed[j] // DAY if j in fixed else 0) - (fixed[i] // DAY if i in fixed else 0)
            ideal = lag["ideal_days"] - days_known if "ideal_days" in lag else None
            if i in fixed and j in fixed:
                if ideal is not None:
                    model.column(out, -weights["gap"] * abs(ideal))  # else paid in any case
                continue
            minutes_known = fixed.get(j, 0) - fixed.get(i, 0)
            minutes = [(s, x) for x, s in of_visit.get(j, ())] + [(-s, x) for x, s in of_visit.get(i, ())]
            apart = [(s // DAY, x) for x, s in of_visit.get(j, ())] + [(-(s // DAY), x) for x, s in of_visit.get(i, ())]

            def limit(sense, side, terms):
                """Where the course is left out, it holds all the same."""
                model.row(sense, side, terms + [(side, out)])

            limit("G", lag["min_days"] - days_known, apart)
            if "max_days" in lag:
                limit("L", lag["max_days"] - days_known, apart)
            duration = types[next(v["type"] for v in course["visits"] if v["id"] == i)]["duration"]
            if lag["min_days"] == 0:
                limit("G", duration - minutes_known, minutes)
            if ideal is not None and weights["gap"]:
                g = model.column(f"g{c}_{n}", weights["gap"], integer=False)
                limit("G", -ideal, [(1, g)] + [(-a, x) for a, x in apart])
                limit("G", ideal, [(1, g)] + apart)
        for role in course["continuity"]:
            before = {v["current"]["assign"].get(role) for v in course["visits"] if v["id"] in fixed} - {None}
            if before:
                model.column(out, -weights["handoff"] * (len(before) - 1))
            hands = [key for key in used if key[0] == role and key[1] not in before]
            if not hands:
                continue
            for key in hands:
                h = model.column(f"h{c}_{course['continuity'].index(role)}_{number[key[1]]}", weights["handoff"])
                for ways in used[key].values():
                    needs[h] += ways
                    model.row("L", 0, [(1, w) for w in ways] + [(-1, h)])
            first = next(v for v in course["visits"] if any(r["name"] == role for r in types[v["type"]]["roles"]))
            for x, _ in () if before else of_visit[first["id"]]:  # the first pair of hands costs nothing
                model.column(x, -weights["handoff"])
    for (k, day), visits in opened.items():
        if (k, day) in open_anyway:
            continue
        y = model.column(f"y{number[k]}_{day}", resources[k]["day_cost"])
        for ways in visits.values():
            needs[y] += ways
            model.row("L", 0, [(1, w) for w in ways] + [(-1, y)])
    for k, uses in loads.items():
        on_day = collections.defaultdict(list)
        for use in uses:
            for day in range(use[0] // DAY, (use[1] - 1) // DAY + 1):
                on_day[day].append(use)
        for day, some in on_day.items():
            for t in sorted({a for a, _, _, _ in some}):  # the sum is highest where some use begins
                there = [(load, w) for a, b, load, w in some if a <= t < b]
                free = max(0, resources[k]["capacity"] - sum(load for a, b, load in blocks[k] if a <= t < b))
                if t // DAY == day and sum(load for load, _ in there) > free:
                    model.row("L", free, there)
    return model, starts, roles, needs


def start_file(path, inst, given, starts, roles, needs):
    """The given solution as CBC reads one."""
    at = {(v["course"], v["visit"]): v for v in given["visits"]}
    left_out = {u["course"] for u in given["unscheduled"]}
    names = [f"z{c}" for c, course in enumerate(inst["courses"]) if course["id"] in left_out]
    names += [x for x, (c, v, s) in starts.items() if (c, v) in at and at[c, v]["start"] == s]
    chosen = {(c, v): s for c, v, s in (starts[x] for x in names if x in starts)}
    names += [w for w, (c, v, r, k) in roles.items()
              if (c, v) in chosen and int(w.rsplit("_", 1)[1]) == chosen[c, v] and at[c, v]["assign"][r] == k]
    taken = set(names)
    names += [column for column, ways in needs.items() if taken.intersection(ways)]
    with open(path, "w") as out:
        out.write("Stopped on time - objective value 0\n")
        out.writelines(f"{i} {name} 1 0\n" for i, name in enumerate(names))


def solve(inst, given, folder, seconds, raster, slack):
    """Returns the solution or None, its curve [(seconds, objective)] from the start of formulating on, without what is paid
    in any case, and what happened."""
    begun = time.monotonic()
    model, starts, roles, needs = formulate(inst, given, raster, slack)
    model.write(folder / "model.mps")
    start_file(folder / "start.txt", inst, given, starts, roles, needs)
    took = time.monotonic() - begun
    size = f"{len(model.cost):,} columns, {len(model.rows):,} rows, formulated in {took:.0f} s"
    left = int(seconds - took)
    if left < 1:
        return None, [], f"{size}; not loaded"
    curve, log = [], []
    for line in output(["cbc", folder / "model.mps", "-timeMode", "elapsed", "-seconds", left, "-mipstart", folder / "start.txt",
                        "-solve", "-solution", folder / "found.txt"], left + GRACE):
        log.append(line)
        if "nteger solution of" in line:  # what it says of a given start is of the presolved model
            words = line.split()
            curve.append((time.monotonic() - begun, float(words[len(words) - words[::-1].index("of")])))
    log = "".join(log)
    (folder / "cbc.log").write_text(log)
    found = folder / "found.txt"
    lines = found.read_text().splitlines() if found.exists() else []
    values = {words[1]: float(words[2]) for words in (line.replace("**", "").split() for line in lines[1:])}
    # Where it has found nothing, it writes how far it has got: in fractions.
    whole = all(min(abs(value), abs(value - 1)) < 1e-4 for column, value in values.items() if column in model.integer)
    if not lines or not whole or "infeasible" in lines[0].lower():
        return None, curve, f"{size}; {'no schedule' if 'Continuous objective value' in log else 'crashed or was stopped, with no schedule'}"
    picked = [column for column, value in values.items() if value > 0.5]
    visits = {starts[x][:2]: {"course": starts[x][0], "visit": starts[x][1], "start": starts[x][2], "assign": {}} for x in picked if x in starts}
    for w in picked:
        if w in roles:
            course, visit, role, resource = roles[w]
            visits[course, visit]["assign"][role] = resource
    there = {course for course, _ in visits}
    for course in inst["courses"]:
        done = [v for v in course["visits"] if v.get("fixed")]
        if len(done) == len(course["visits"]):
            there.add(course["id"])
        visits.update({(course["id"], v["id"]): {"course": course["id"], "visit": v["id"], **v["current"]} for v in done})
    solution = {"format": "kat-scheduling-solution/1", "instance": inst["name"], "visits": list(visits.values()),
                "unscheduled": [{"course": c["id"]} for c in inst["courses"] if c["id"] not in there]}
    return solution, curve, size
