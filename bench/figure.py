"""One measured figure with its target, and the table they make. A missed target stands there, with what limits it."""

import json
import math
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Figure:
    """``value`` comes of ``runs`` runs; ``budget`` is the most it may be, or with ``at_least`` the least.

    ``budget`` NaN: stated, not judged (what a peer does). ``note``: how it came about, and what limits it where it is missed.
    """

    name: str
    value: float
    unit: str
    budget: float
    runs: int
    note: str = ""
    at_least: bool = False

    @property
    def is_judged(self) -> bool:
        return not math.isnan(self.budget)

    @property
    def met(self) -> bool:
        """NaN as a value is a figure that could not be had: not met."""
        if not self.is_judged:
            return True
        return self.value >= self.budget if self.at_least else self.value <= self.budget


def stated(name: str, value: float, unit: str, runs: int, note: str = "") -> Figure:
    """A figure without a target."""
    return Figure(name=name, value=value, unit=unit, budget=math.nan, runs=runs, note=note)


def table(figures: Sequence[Figure]) -> str:
    lines = ["| figure | measured | target | met | runs | note |", "|---|---|---|---|---|---|"]
    for f in figures:
        sign = "at least " if f.at_least else "at most "
        target = f"{sign}{f.budget:g} {f.unit}" if f.is_judged else ""
        met = ("yes" if f.met else "**no**") if f.is_judged else ""
        note = f.note.replace("|", "/").replace("\n", " ")
        lines.append(f"| {f.name} | {f.value:.3g} {f.unit} | {target} | {met} | {f.runs} | {note} |")
    return "\n".join(lines) + "\n"


def write(benches: Mapping[str, Sequence[Figure]], not_run: Mapping[str, str], folder: Path) -> None:
    """figures.md and figures.json: these benches anew, the others as they were; each with its day and the kind of machine."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = _kept(folder / "figures.json")
    for name, figures in benches.items():
        rows = [{**asdict(f), "budget": f.budget if f.is_judged else None, "met": f.met} for f in figures]
        kept[name] = {"machine": _machine(), "day": f"{datetime.now(UTC):%Y-%m-%d}", "figures": rows}
    for name, reason in not_run.items():
        kept.setdefault(name, {"machine": _machine(), "figures": []})["not_run"] = reason
    (folder / "figures.json").write_text(json.dumps({"benches": kept}, indent=1) + "\n", encoding="utf-8")
    (folder / "figures.md").write_text("".join(_section(*item) for item in kept.items()), encoding="utf-8")


def _kept(file: Path) -> dict[str, Any]:
    if not file.exists():
        return {}
    kept: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")).get("benches", {})
    return kept


def _section(name: str, bench: Mapping[str, Any]) -> str:
    machine = ", ".join(str(value) for value in bench["machine"].values())
    rows = [{key: value for key, value in row.items() if key != "met"} for row in bench["figures"]]
    figures = [
        Figure(**{**row, "budget": math.nan if row["budget"] is None else row["budget"]}) for row in rows
    ]
    parts = [f"## {name}\n\n"]
    parts += [f"{bench['day']}, {machine}\n\n{table(figures)}\n"] if figures else []
    parts += [f"Not run: {bench['not_run']}\n\n"] if "not_run" in bench else []
    return "".join(parts)


def _machine() -> dict[str, str]:
    return {
        "python": f"Python {platform.python_version()}",
        "system": platform.system(),
        "machine": platform.machine(),
        "cores": f"{os.cpu_count()} cores",
    }
