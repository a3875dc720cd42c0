"""One measured figure with its budget, and the table they make."""

import json
import platform
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Figure:
    """``value`` is the median of ``runs`` runs; ``budget`` the most it may be. ``met`` follows from both."""

    name: str
    value: float
    unit: str
    budget: float
    runs: int
    note: str = ""

    @property
    def met(self) -> bool:
        return self.value <= self.budget


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def percentile(values: Sequence[float], part: float) -> float:
    """Linear interpolation at (n - 1) * part."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * part
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def table(figures: Sequence[Figure]) -> str:
    lines = ["| figure | measured | budget | met | runs | note |", "|---|---|---|---|---|---|"]
    for f in figures:
        met = "yes" if f.met else "no"
        lines.append(
            f"| {f.name} | {f.value:.3g} {f.unit} | {f.budget:g} {f.unit} | {met} | {f.runs} | {f.note} |"
        )
    return "\n".join(lines) + "\n"


def write(figures: Sequence[Figure], folder: Path) -> None:
    """figures.md and figures.json, with the kind of machine they come from."""
    folder.mkdir(parents=True, exist_ok=True)
    machine = {
        "python": platform.python_version(),
        "system": platform.system(),
        "machine": platform.machine(),
    }
    document = {"machine": machine, "figures": [asdict(f) | {"met": f.met} for f in figures]}
    (folder / "figures.json").write_text(json.dumps(document, indent=2) + "\n")
    (folder / "figures.md").write_text(table(figures))
