"""The protocol scheduling problem (tests/scheduling/PROBLEM.md) as a constraint program for Gecode (Debian: flatzinc).

Written as FlatZinc, the language that MiniZinc compiles to: loading takes no compiler, and Gecode's own constraints are
at hand. A visit has a start (any slot), a day, and one variable per role for who fills it, 0 where its course is left out;
each resource is an optional cumulative over the segments of all visits that it could serve. Gecode
chooses among all variables at random, and tries the least value of each first. It cannot be given a schedule to begin
with, so it has to beat first fit's objective, and after each restart keeps a share of the best schedule so far (at
first: first fit) and searches the rest anew.
"""
import collections
import math
import re
import time

import check
from mip import DAY, GRACE, days_of, output

KEEP, FAILURES = 90, 50  # percent of the starts and hands kept, failures to the next restart
DEEP = 1000  # choices between two copies of what is known: memory for time


class Flat:
    """Variables and constraints, written as FlatZinc. A term's variable may be a number."""

    def __init__(self):
        self.sets, self.variables, self.constraints = {}, [], []

    def variable(self, kind, name=None):
        shown = " :: output_var" if name else ""
        name = name or f"v{len(self.variables)}"
        self.variables.append(f"var {kind}: {name}{shown};\n")
        return name

    def values(self, mask):
        """The name of a set, given as bits."""
        if mask not in self.sets:
            text = ",".join(str(i) for i in bits(mask))
            self.sets[mask] = (f"S{len(self.sets)}", text)
        return self.sets[mask][0]

    def require(self, name, *arguments):
        self.constraints.append(f"constraint {name}({','.join(listed(a) for a in arguments)});\n")

    def linear(self, relation, terms, side, when=None):
        """Sum of factor x variable le or eq side; only where `when` is true, if given."""
        side -= sum(a * x for a, x in terms if not isinstance(x, str))
        terms = [(a, x) for a, x in terms if isinstance(x, str)]
        factors, variables = [a for a, _ in terms], [x for _, x in terms]
        if when:
            self.require(f"int_lin_{relation}_imp", factors, variables, side, when)
        else:
            self.require(f"int_lin_{relation}", factors, variables, side)

    def write(self, path, solve):
        with open(path, "w") as out:
            out.writelines(f"set of int: {name} = {{{text}}};\n" for name, text in self.sets.values())
            out.writelines(self.variables)
            out.writelines(self.constraints)
            out.write(solve)


def listed(value):
    return f"[{','.join(map(str, value))}]" if isinstance(value, list) else str(value)


def bits(mask):
    text = bin(mask)[:1:-1]
    at = text.find("1")
    while at >= 0:
        yield at
        at = text.find("1", at + 1)


def within(windows, before, after):
    """The times from which [time + before, time + after) lies inside a window, as bits."""
    mask = 0
    for a, b in windows:
        low, high = max(0, a - before), b - after
        if low <= high:
            mask |= ((1 << (high - low + 1)) - 1) << low
    return mask


def steps(blocks):
    """[(from, to, load)] of what stands, one after the other."""
    change = collections.Counter()
    for a, b, load in blocks:
        change[a] += load
        change[b] -= load
    out, load, times = [], 0, sorted(change)
    for a, b in zip(times, times[1:]):
        load += change[a]
        if load:
            out.append((a, b, load))
    return out


class Clinic:
    """The instance in units of minutes that all its times are multiples of, and what fixed visits take of it."""

    def __init__(self, inst):
        self.inst, self.weights = inst, collections.defaultdict(int, inst["weights"])
        self.types = {t["id"]: t for t in inst["visit_types"]}
        self.resources = {r["id"]: r for r in inst["resources"]}
        segments = [s for t in inst["visit_types"] for r in t["roles"] for s in r["usage"]]
        self.unit = math.gcd(DAY, inst["slot_minutes"], *(t["duration"] for t in inst["visit_types"]),
                             *(s[x] for s in segments for x in ("from", "to")),
                             *(v["current"]["start"] for c in inst["courses"] for v in c["visits"] if "current" in v),
                             *(b[x] for b in inst["blocks"] for x in ("from", "to")),
                             *(w[x] for c in inst["courses"] for w in c["lags"] for x in ("min_minutes", "max_minutes") if x in w))
        self.day = DAY // self.unit
        self.grid = sum(1 << t for t in range(0, inst["days"] * self.day, inst["slot_minutes"] // self.unit))
        self.open_anyway = set()
        blocks = collections.defaultdict(list)
        for b in inst["blocks"]:
            blocks[b["resource"]].append((b["from"] // self.unit, b["to"] // self.unit, b["load"]))
        for visit in (v for c in inst["courses"] for v in c["visits"] if v.get("fixed")):
            at = visit["current"]["start"] // self.unit
            for role in self.types[visit["type"]]["roles"]:
                k = visit["current"]["assign"].get(role["name"])
                for a, b, load in self.usage(role) if k in self.resources else ():
                    blocks[k].append((at + a, at + b, load))
                    self.open_anyway.add((k, (at + a) // self.day))
        self.stands = {k: steps(blocks[k]) for k in self.resources}
        self.serving = {}

    def usage(self, role):
        return [(s["from"] // self.unit, s["to"] // self.unit, s["load"]) for s in role["usage"]]

    def windows(self, windows, before=0, after=0):
        return within([(-(-a // self.unit), b // self.unit) for a, b in windows], before, after)

    def serves(self, kind, role):
        """{resource: the starts from which it can fill the role}; what fills it otherwise only where it stands alone."""
        if (kind["id"], role["name"]) not in self.serving:
            found = self.serving[kind["id"], role["name"]] = {}
            for k, r in self.resources.items():
                held = [t for t in r["tags"] if (t["tag"] if isinstance(t, dict) else t) == role["tag"]]
                mask = self.grid if held else 0
                for a, b, load in self.usage(role) if held else ():
                    mask &= self.windows(r["windows"], a, b)
                    if all(isinstance(t, dict) for t in held):
                        licensed = 0
                        for t in held:
                            licensed |= self.windows(t["windows"], a, b)
                        mask &= licensed
                    for x, y, there in self.stands[k]:
                        if there + load > r["capacity"]:  # from x - b + 1 to y - a - 1 it would be over
                            low = max(0, x - b + 1)
                            mask &= ~(((1 << max(0, y - a - low)) - 1) << low)
                if mask:
                    found[k] = mask
        return self.serving[kind["id"], role["name"]]


class Program:
    def __init__(self, inst, given, slack):
        self.clinic, self.flat, self.slack = Clinic(inst), Flat(), slack
        self.given = {(v["course"], v["visit"]): v for v in given["visits"]}
        self.number = {k: i + 1 for i, k in enumerate(self.clinic.resources)}
        self.starts, self.hands, self.placed = {}, {}, {}  # variable: (course, visit), (course, visit, role), course
        self.tasks = collections.defaultdict(list)  # resource: (start, length, load, whether)
        self.patients = collections.defaultdict(list)  # likewise
        self.costs, self.fixed_cost = [], 0
        self.stay, self.enter, self.numbers, self.prefers = [], [], [], []  # what is chosen in the search
        self.kept = []  # (variable, value) of first fit
        self.limit = sum(check.check(inst, given)[1].values()) - 1
        self.days = {k: self.days_open(k, r["day_cost"]) for k, r in self.clinic.resources.items() if r.get("day_cost")}
        for c, course in enumerate(inst["courses"]):
            self.course(c, course)
        self.loads()
        self.flat.variable(f"0..{self.limit}", "objective")
        self.flat.linear("eq", self.costs + [(-1, "objective")], -self.fixed_cost)

    def write(self, path):
        kept = [listed(list(x)) for x in zip(*self.kept)]
        keep = f" :: relax_and_reconstruct({kept[0]},{KEEP},{kept[1]})" if kept else ""
        search = ",".join(f"{kind}_search({listed(list(variables))},{order},{value},complete)" for kind, variables, order, value in (
            ("bool", self.stay, "input_order", "indomain_max"), ("int", self.numbers, "random", "indomain_min"),
            ("bool", self.prefers, "input_order", "indomain_max"), ("bool", self.enter, "input_order", "indomain_random"),
            ("set", self.days.values(), "input_order", "outdomain_min")) if variables)
        self.flat.write(path, f"solve :: seq_search([{search}]){keep} minimize objective;\n")

    def days_open(self, k, cost):
        """The days on which a resource is used, what they cost added."""
        days = self.clinic.inst["days"]
        used, count = self.flat.variable(f"set of 0..{days + 1}"), self.flat.variable(f"0..{days + 2}")
        for day in sorted(day for other, day in self.clinic.open_anyway if other == k):
            self.flat.require("set_in", day, used)
        self.flat.require("set_card", used, count)
        self.costs.append((cost, count))
        return used

    def indicator(self, name, *arguments):
        """A variable that is 1 where the constraint, given reified or implied, holds."""
        flag = self.flat.variable("bool")
        self.flat.require(name, *arguments, flag)
        return flag

    def number_of(self, flag):
        count = self.flat.variable("0..1")
        self.flat.require("bool2int", flag, count)
        return count

    def course(self, c, course):
        clinic, flat, weights, types = self.clinic, self.flat, self.clinic.weights, self.clinic.types
        cid, visits = course["id"], course["visits"]
        kinds = {v["id"]: types[v["type"]] for v in visits}
        free = [v for v in visits if not v.get("fixed")]
        fixed = {v["id"]: v["current"] for v in visits if v.get("fixed")}
        for v, at in fixed.items():
            self.patients[course.get("patient", c)].append((at["start"] // clinic.unit, kinds[v]["duration"] // clinic.unit, 1, "true"))
        stood = any("current" in v for v in visits)
        price = weights["dropped" if stood else "unscheduled"] * course["priority"]
        start = {v: at["start"] // clinic.unit for v, at in fixed.items()}
        day = {v: at["start"] // DAY for v, at in fixed.items()}
        domains = self.domains(course, free, kinds)
        if domains is None:  # no start for one of its visits
            self.fixed_cost += price
            return
        stays = all((cid, v["id"]) in self.given for v in free)  # its lags can be kept, whether it is placed or not
        placed = left_out = None
        if free:
            placed = flat.variable("bool", f"p{c}")
            left_out = flat.variable("bool")
            flat.require("bool_not", placed, left_out)
            self.placed[placed] = cid
        terms, prefers, hands = [], [], []
        who = {}  # role: resource: whether it fills it in a visit of the course
        for n, v in enumerate(free):
            i, kind, mask = v["id"], kinds[v["id"]], domains[v["id"]]
            low, high = (mask & -mask).bit_length() - 1, mask.bit_length() - 1
            start[i] = s = flat.variable(f"{low}..{high}", f"s{c}_{n}")
            flat.require("set_in", s, flat.values(mask))
            day[i] = d = flat.variable(f"{low // clinic.day}..{high // clinic.day}")
            minute = flat.variable(f"0..{clinic.day - 1}")
            flat.linear("eq", [(clinic.day, d), (1, minute), (-1, s)], 0)
            self.starts[s] = (cid, i)
            if stays:
                self.kept.append((s, self.given[cid, i]["start"] // clinic.unit))
            self.patients[course.get("patient", c)].append((s, kind["duration"] // clinic.unit, 1, placed))
            if course.get("preferred") and weights["preference"]:
                liked = mask & clinic.windows(course["preferred"], 0, kind["duration"] // clinic.unit)
                if not liked:
                    terms.append((weights["preference"], 1))
                elif liked != mask:
                    prefers.append(self.indicator("set_in_imp", s, flat.values(liked)))
                    terms += [(weights["preference"], 1), (-weights["preference"], self.number_of(prefers[-1]))]
            hands += self.roles(c, n, course, v, kind, mask, s, d, left_out, who, terms)
        if free and free[0] is visits[0] and weights["start_delay"]:
            terms.append((weights["start_delay"] * course["priority"], day[visits[0]["id"]]))
            terms.append((-weights["start_delay"] * course["priority"], course["earliest_day"]))
        when = None if stays else placed
        gaps = []
        for lag in course["lags"]:
            i, j = lag["from"], lag["to"]
            days, minutes = [(1, day[j]), (-1, day[i])], [(1, start[j]), (-1, start[i])]
            negative = [(-a, x) for a, x in days]
            if not (i in fixed and j in fixed):
                flat.linear("le", negative, -lag["min_days"], when)
                if "max_days" in lag:
                    flat.linear("le", days, lag["max_days"], when)
                apart = max(kinds[i]["duration"], lag.get("min_minutes", 0)) // clinic.unit
                if lag["min_days"] * clinic.day < apart + clinic.day:
                    flat.linear("le", [(-a, x) for a, x in minutes], -apart, when)
                if "max_minutes" in lag:
                    flat.linear("le", minutes, lag["max_minutes"] // clinic.unit, when)
            if "ideal_days" in lag and weights["gap"]:
                if i in fixed and j in fixed:
                    terms.append((weights["gap"], abs(day[j] - day[i] - lag["ideal_days"])))
                    continue
                gap = flat.variable(f"0..{clinic.inst['days'] + lag['ideal_days']}")
                flat.linear("le", days + [(-1, gap)], lag["ideal_days"])
                flat.linear("le", negative + [(-1, gap)], -lag["ideal_days"])
                terms.append((weights["gap"], gap))
                gaps.append(gap)
        for role in course["continuity"]:
            before = {at["assign"].get(role) for at in fixed.values()} - {None}
            flags = [flag for k, flag in who.get(role, {}).items() if k not in before]
            counts = [(1, self.number_of(flag)) for flag in flags]
            more = flat.variable(f"0..{max(1, len(flags))}") if counts else 0
            if counts:
                flat.linear("le", counts + [(-1, more)], 0 if before else 1)
                gaps.append(more)
            terms += [(weights["handoff"], more), (weights["handoff"], max(0, len(before) - 1))]
        if not free:
            self.fixed_cost += sum(a * x for a, x in terms)
            return
        pays = flat.variable(f"0..{self.limit}")
        self.costs.append((1, pays))
        flat.linear("le", terms + [(-1, pays)], 0, placed)
        flat.linear("le", [(-1, pays)], -price, left_out)
        days = [day[v["id"]] for v in free]
        (self.stay if stays else self.enter).append(placed)
        self.numbers += gaps + days + [start[v["id"]] for v in free] + hands + [pays]
        self.prefers += prefers

    def domains(self, course, free, kinds):
        """{visit: its starts, as bits}, or None where one has none."""
        clinic, out = self.clinic, {}
        span = days_of(course, clinic.inst["days"], self.slack)
        for v in free:
            kind = kinds[v["id"]]
            long = kind["duration"] // clinic.unit
            low, high = span[v["id"]]
            at = self.given.get((course["id"], v["id"]))
            high = max(high, at["start"] // DAY if at else 0)
            mask = within([(low * clinic.day, (high + 1) * clinic.day - 1)], 0, 0) & clinic.grid
            mask &= clinic.windows(course["available"], 0, long)
            if "windows" in v:
                mask &= clinic.windows(v["windows"], 0, long)
            for role in kind["roles"]:
                anyone = 0
                for starts in clinic.serves(kind, role).values():
                    anyone |= starts
                mask &= anyone
            if not mask:
                return None
            out[v["id"]] = mask
        return out

    def roles(self, c, n, course, visit, kind, mask, s, d, left_out, who, terms):
        """Who fills the roles of a visit; returns the variables."""
        clinic, flat, weights, out = self.clinic, self.flat, self.clinic.weights, []
        now, at = visit.get("current"), self.given.get((course["id"], visit["id"]))
        moved = None
        if now:
            moved = self.indicator("int_ne_reif", s, now["start"] // clinic.unit)
            terms.append((weights["move"], self.number_of(moved)))
        others = flat.variable("bool") if now and weights["reassign"] else None
        if others:
            terms.append((weights["reassign"], self.number_of(others)))
        later = {}  # the start so much later
        for r, role in enumerate(kind["roles"]):
            able = {k: starts for k, starts in clinic.serves(kind, role).items() if starts & mask}
            x = flat.variable(f"{{{','.join(map(str, [0] + sorted(self.number[k] for k in able)))}}}", f"h{c}_{n}_{r}")
            self.hands[x] = (course["id"], visit["id"], role["name"])
            out.append(x)
            flat.require("int_eq_reif", x, 0, left_out)
            if at:
                self.kept.append((x, self.number[at["assign"][role["name"]]]))
            flags = {}
            for k, starts in able.items():
                flags[k] = flag = self.indicator("int_eq_reif", x, self.number[k])
                if mask & ~starts:
                    flat.require("set_in_imp", s, flat.values(starts), flag)
                for a, b, load in clinic.usage(role):
                    if a and a not in later:
                        later[a] = flat.variable(f"0..{(clinic.inst['days'] + 2) * clinic.day}")
                        flat.linear("eq", [(1, s), (-1, later[a])], -a)
                    self.tasks[k].append((later[a] if a else s, b - a, load, flag))
                if role["name"] in course["continuity"]:
                    of = who.setdefault(role["name"], {})
                    of[k] = of.get(k) or flat.variable("bool")
                    flat.require("bool_le", flag, of[k])
                if k in self.days:  # of a segment that begins on another day than its visit, check.py knows
                    flat.require("set_in_imp", d, self.days[k], flag)
            if others:
                same = flags.get(now["assign"].get(role["name"]))
                flat.require("bool_clause", [others, moved] + ([same] if same else []), [])
        return out

    def schedule(self, values):
        """The solution that Gecode's values are."""
        inst, names = self.clinic.inst, list(self.number)
        there = {c for p, c in self.placed.items() if values[p] == "true"}
        there |= {c["id"] for c in inst["courses"] if all(v.get("fixed") for v in c["visits"])}
        visits = {at: {"course": at[0], "visit": at[1], "start": int(values[s]) * self.clinic.unit, "assign": {}}
                  for s, at in self.starts.items() if at[0] in there}
        for x, (course, visit, role) in self.hands.items():
            if course in there:
                visits[course, visit]["assign"][role] = names[int(values[x]) - 1]
        done = [{"course": c["id"], "visit": v["id"], **v["current"]} for c in inst["courses"] for v in c["visits"] if v.get("fixed")]
        return {"format": "kat-scheduling-solution/1", "instance": inst["name"], "visits": list(visits.values()) + done,
                "unscheduled": [{"course": c["id"]} for c in inst["courses"] if c["id"] not in there]}

    def loads(self):
        for spans in self.patients.values():
            if len(spans) > 1:
                self.cumulative(spans, 1)
        for k, tasks in self.tasks.items():
            capacity = self.clinic.resources[k]["capacity"]
            stands = [(a, b - a, load, "true") for a, b, load in self.clinic.stands[k] if load < capacity]
            self.cumulative(tasks + stands, capacity)

    def cumulative(self, tasks, capacity):
        self.flat.require("gecode_schedule_cumulative_optional", *(list(x) for x in zip(*tasks)), capacity)


def solve(inst, given, folder, seconds, slack):
    """Returns the best solution found, which at first is the given one; its curve [(seconds, objective)] from the start of
    formulating on; and what happened."""
    begun = time.monotonic()
    program = Program(inst, given, slack)
    program.write(folder / "model.fzn")
    took = time.monotonic() - begun
    size = f"{len(program.flat.variables):,} variables, {len(program.flat.constraints):,} constraints, formulated in {took:.0f} s"
    left = int(seconds - took)
    if left < 1:
        return None, [], f"{size}; not loaded"
    curve, values, best, log = [], {}, {}, []
    for line in output(["fzn-gecode", "-a", "-s", "-restart", "constant", "-restart-scale", FAILURES, "-c-d", DEEP, "-a-d", DEEP,
                        "-time", 1000 * left, folder / "model.fzn"], left + GRACE):
        words = line.split()
        if len(words) == 3 and words[1] == "=":
            values[words[0]] = words[2].rstrip(";")
        elif line.startswith("-----"):
            curve.append((time.monotonic() - begun, int(values["objective"])))
            best, values = values, {}
        else:
            log.append(line)
    log = "".join(log)
    (folder / "gecode.log").write_text(log)
    restarts = re.search(r"restarts=(\d+)", log)
    if not restarts and not best:
        return None, [], f"{size}; not loaded"
    return program.schedule(best) if best else given, curve, size + (f", {int(restarts[1]):,} restarts" if restarts else "")
