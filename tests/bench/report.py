"""From measurements to what is printed: one JSON object, a table for people, and what differs from last time. Pure."""

from statistics import median

from tests.bench.latency import percentile

NOTICEABLE = 0.3
BUSY = 1.0
COMPARED = {"ratio_to_bare_pipe": 1, "referrals_per_s": 1, "p50_ms": -1, "p99_ms": -1}
"""The figures that are held against the last ones; 1 where more is better."""


def spread(values):
    """Lowest, middle and highest."""
    return {"min": round(min(values), 1), "median": round(median(values), 1), "max": round(max(values), 1)}


def report(rounds, *, waits, shape, stated):
    """The whole report; `stated` are load, seed, versions and what else the reader has to be told."""
    speeds = {name: spread([one.per_s for one in own]) for name, own in rounds.items()}
    cpu = {name: _cpu(own, shape.events) for name, own in rounds.items()}
    fast = speeds["engine"]["median"]
    return {
        "ratio_to_bare_pipe": round(fast / speeds["pipe"]["median"], 3),
        "referrals_per_s": fast,
        "events_per_s": round(fast * shape.events, 1),
        "p50_ms": round(percentile(waits, 0.5) * 1000, 1),
        "p99_ms": round(percentile(waits, 0.99) * 1000, 1),
        "events": round(sum(one.referrals for one in rounds["engine"]) * shape.events),
        "events_a_referral": round(shape.events, 2),
        "rounds": speeds,
        "rounds_run": len(rounds["engine"]),
        "cpu_ratio_to_bare_pipe": round(_all_parts(cpu["engine"]) / _all_parts(cpu["pipe"]), 1),
        "cpu": cpu,
        "batches": {name: _batches(own) for name, own in rounds.items()},
        "a_referral_writes": {
            "tables": {name: [round(w.count, 2), w.size] for name, w in sorted(shape.tables.items())},
            "topics": {name: [round(w.count, 2), w.size] for name, w in sorted(shape.topics.items())},
        },
        **stated,
    }


def _cpu(rounds, events_a_referral):
    """CPU seconds of all rounds, and microseconds an event, by process."""
    events = sum(one.referrals for one in rounds) * events_a_referral
    totals = {name: sum(one.spent.cpu[name] for one in rounds) for name in rounds[0].spent.cpu}
    return {
        name: {"seconds": round(total, 2), "us_per_event": round(total / events * 1e6)}
        for name, total in totals.items()
    }


def _all_parts(cpu):
    """CPU of everything but whoever sends."""
    return sum(part["us_per_event"] for name, part in cpu.items() if name != "generator") or 1


def _batches(rounds):
    referrals = sum(one.referrals for one in rounds)
    return {
        "referrals_a_transaction": round(referrals / sum(one.batches for one in rounds), 1),
        "commits_a_referral": round(sum(one.spent.commits for one in rounds) / referrals, 3),
        "wal_bytes_a_referral": round(sum(one.spent.wal for one in rounds) / referrals),
    }


def notes(now, last):
    """What the reader should bear in mind: others at work, what is much worse than last time. It decides nothing."""
    busy = now["load_average_before"] >= BUSY
    others = [f"others kept this machine busy (load {now['load_average_before']}): times say little"] if busy else []
    return [*others, *_worse(now, last)]


def _worse(now, last):
    if any(last["versions"].get(name) != now["versions"][name] for name in ("system", "broker")):
        return ["the last figures are of another machine or broker and are not compared"]
    return [
        f"{name} was {last[name]}, is {now[name]}"
        for name, better in COMPARED.items()
        if last.get(name) and (now[name] / last[name] - 1) * better < -NOTICEABLE
    ]


def table(made):
    """The report for people."""
    lines = [
        f"{made['versions']['broker']}, PostgreSQL {made['versions']['postgresql']}, {made['versions']['system']}",
        "referrals a second     lowest  middle  highest   a transaction  commits/referral",
    ]
    for name, speed in made["rounds"].items():
        many = made["batches"][name]
        speeds = f"{speed['min']:8} {speed['median']:7} {speed['max']:8}"
        lines.append(f"  {name:18} {speeds} {many['referrals_a_transaction']:15} {many['commits_a_referral']:17}")
    lines.append(f"ratio to the bare pipe {made['ratio_to_bare_pipe']}")
    lines.append(f"... in CPU, all parts   {made['cpu_ratio_to_bare_pipe']} times the pipe's")
    lines.append(f"events a referral      {made['events_a_referral']} ({made['events_per_s']} a second)")
    lines.append(f"receipt at {made['load_per_s']}/s        p50 {made['p50_ms']} ms, p99 {made['p99_ms']} ms")
    lines.append("CPU, us an event       " + "".join(f"{part:>11}" for part in made["cpu"]["engine"]))
    for name, parts in made["cpu"].items():
        lines.append(f"  {name:18}   " + "".join(f"{part['us_per_event']:11}" for part in parts.values()))
    return "\n".join(lines)
