"""What is measured: figures, their goals, and the collected values of a run."""

import statistics

from dataclasses import dataclass, field

PEERS = ("nginx", "haproxy")


@dataclass(frozen=True)
class Goal:
    """A bound for Nuncio: its value divided by the better peer's, YARP's value divided by its own, or its value."""

    kind: str  # "peer", "yarp" or "absolute"
    limit: float


@dataclass(frozen=True)
class Figure:
    """One row of the table. `key` names the value in what a turn returns."""

    key: str
    label: str
    digits: int = 1
    higher_is_better: bool = False
    goal: Goal | None = None
    against: tuple = PEERS
    # A second row of a value that has one already, for another goal.
    repeats: bool = False

    def bound(self):
        if self.goal is None:
            return ""
        sign = ">=" if self.higher_is_better or self.goal.kind == "yarp" else "<="
        unit = {"peer": " x " + ("the better" if len(self.against) > 1 else "HAProxy"), "yarp": " (YARP by Nuncio)", "absolute": ""}[self.goal.kind]
        return f"{sign} {self.goal.limit:g}{unit}"

    def judge(self, medians):
        """Ratio for the table (or None) and whether the goal is reached (None where there is no goal or no value)."""
        ours = medians.get("nuncio")
        if ours is None:
            return None, None
        if self.goal and self.goal.kind == "absolute":
            return None, ours >= self.goal.limit if self.higher_is_better else ours <= self.goal.limit
        if self.goal and self.goal.kind == "yarp":
            ratio = medians["yarp"] / ours if "yarp" in medians and ours else None
            return ratio, None if ratio is None else ratio >= self.goal.limit
        others = [medians[name] for name in self.against if name in medians]
        if not others:
            return None, None
        best = max(others) if self.higher_is_better else min(others)
        ratio = ours / best if best else None
        if self.goal is None or ratio is None:
            return ratio, None
        return ratio, ratio >= self.goal.limit if self.higher_is_better else ratio <= self.goal.limit


@dataclass
class Results:
    """Values of all turns by scenario, proxy and figure, and what went wrong."""

    values: dict = field(default_factory=dict)
    failures: list = field(default_factory=list)

    def add(self, scenario, peer, turn):
        figures = self.values.setdefault(scenario, {}).setdefault(peer, {})
        for key, value in turn.items():
            figures.setdefault(key, []).append(value)

    def fail(self, scenario, peer, reason):
        self.failures.append(f"{scenario}, {peer}: {reason}")

    def medians(self, scenario, key):
        peers = self.values.get(scenario, {})
        return {peer: statistics.median(figures[key]) for peer, figures in peers.items() if figures.get(key)}
