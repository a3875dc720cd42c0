"""What the reflector counts, and how Prometheus reads it (text format 0.0.4). Holds no address."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

PREFIX: Final = "readycheck_reflector_"
HELP: Final = {
    "connections_total": "TCP connections that were served",
    "requests_total": "HTTP requests by path and status",
    "bytes_total": "Payload by protocol and direction, as seen from the reflector",
    "udp_packets_total": "UDP packets by kind and direction",
    "sessions_total": "UDP sessions that were opened",
    "refused_total": "What was refused, by reason",
    "garbage_total": "What was no request at all, by protocol and kind",
}


class Counters:
    """Counts of one thread: adding is not atomic. Reading from another thread is fine."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()

    def add(self, name: str, labels: str = "", amount: int = 1) -> None:
        """``labels`` as Prometheus writes them: ``reason="busy"``. Never text that came from outside."""
        self._counts[name, labels] += amount

    def value(self, name: str, labels: str = "") -> int:
        return self._counts[name, labels]

    def snapshot(self) -> Counter[tuple[str, str]]:
        return Counter(dict(self._counts))


def exposition(counters: tuple[Counters, ...], gauges: Mapping[str, tuple[str, float]]) -> str:
    """All counters together and the gauges (name: help, value) as Prometheus wants them."""
    counts: Counter[tuple[str, str]] = Counter()
    for each in counters:
        counts.update(each.snapshot())
    lines: list[str] = []
    for name, help_ in HELP.items():
        lines += [f"# HELP {PREFIX}{name} {help_}", f"# TYPE {PREFIX}{name} counter"]
        mine = sorted((labels, value) for (counted, labels), value in counts.items() if counted == name)
        lines += [
            f"{PREFIX}{name}{{{labels}}} {value}" if labels else f"{PREFIX}{name} {value}"
            for labels, value in mine
        ]
    for name, (help_, value) in gauges.items():
        lines += [
            f"# HELP {PREFIX}{name} {help_}",
            f"# TYPE {PREFIX}{name} gauge",
            f"{PREFIX}{name} {value:g}",
        ]
    return "\n".join(lines) + "\n"
