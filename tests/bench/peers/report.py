"""From the rounds to figures: commands a second, CPU a command by process, and how many times ours is faster. Pure."""

from statistics import median

from tests.bench.peers.process import STEPS
from tests.bench.report import spread

OURS = "amends"


def report(rounds, *, load, versions, cases):
    """Everything, by contender; a ratio above one is in our favour."""
    speeds = {name: spread([one.per_s * len(STEPS) for one in own]) for name, own in rounds.items()}
    cpu = {name: _cpu(own) for name, own in rounds.items()}
    ours = speeds[OURS]["median"], sum(cpu[OURS].values())
    return {
        "commands_per_s": speeds,
        "cpu_us_a_command": cpu,
        "times_faster": {name: round(ours[0] / one["median"], 2) for name, one in speeds.items() if name != OURS},
        "times_less_cpu": {name: round(sum(one.values()) / ours[1], 2) for name, one in cpu.items() if name != OURS},
        "commits_a_command": {
            name: round(median(one.spent.commits / one.referrals for one in own) / len(STEPS), 2)
            for name, own in rounds.items()
        },
        "rounds": len(rounds[OURS]),
        "cases_a_round": cases,
        "load_average_before": load,
        "versions": versions,
    }


def _cpu(rounds):
    """The middle round's CPU a command, by process, without whoever sends."""
    parts = [name for name in rounds[0].spent.cpu if name != "generator"]
    return {
        name: round(median(one.spent.cpu[name] / one.referrals for one in rounds) / len(STEPS) * 1e6) for name in parts
    }


def table(made):
    """The same for people, in Markdown."""
    lines = [
        "| | commands/s (lowest, middle, highest) | CPU us a command | commits a command | ours is faster |",
        "|---|---|---|---|---|",
    ]
    for name, speed in made["commands_per_s"].items():
        parts = made["cpu_us_a_command"][name]
        cpu = ", ".join(f"{part} {one}" for part, one in parts.items())
        times = made["times_faster"].get(name, 1)
        speeds = f"{speed['min']:.0f}, {speed['median']:.0f}, {speed['max']:.0f}"
        commits = made["commits_a_command"][name]
        lines.append(f"| {name} | {speeds} | {sum(parts.values())} ({cpu}) | {commits} | {times} times |")
    return "\n".join(lines)
