"""The system's ping program, for systems that let no ordinary user send an echo: its arguments, and what it says. Pure."""

import re
from typing import Final

MOST_LINES: Final = 200
# A reply in any language: the time to live, and a time in ms. "<1ms" is less than one.
_TIME: Final = re.compile(r"[=<] ?([0-9]{1,6}(?:[.,][0-9]{1,6})?) ?ms\b")
_LIVES: Final = re.compile(r"\b(?:ttl|hlim)[= ]", re.IGNORECASE)
_SHORTEST_MS: Final = 0.5  # what "less than one" counts as


def command(system: str, address: str, count: int) -> tuple[str, ...]:
    """``system`` as Host.system; ``address`` is literal. Each echo is waited for a second."""
    match system.lower():
        case "windows":
            return ("ping", "-n", str(count), "-w", "1000", address)
        case "macos" | "darwin":
            program = "ping6" if ":" in address else "ping"
            return (program, "-n", "-c", str(count), "-i", "0.2", address)
    return ("ping", "-n", "-c", str(count), "-i", "0.2", "-W", "1", address)


def seconds(system: str, count: int) -> float:
    """How long it takes at most; Windows sends one echo a second, and waits for each."""
    return 2.0 * count + 2.0 if system.lower() == "windows" else 0.2 * count + 3.0


def times_ms(output: str, count: int) -> tuple[float, ...]:
    """The round-trip times of the replies, at most ``count``; lines that repeat a reply, or tell of none, are left out.

    The sums at the end hold several times in a line. Windows tells no time to live of IPv6.
    """
    found = []
    for line in output.splitlines()[:MOST_LINES]:
        told = list(_TIME.finditer(line[:300]))
        if len(told) != 1 or "DUP" in line:
            continue
        if _LIVES.search(line[:300]) or line.rstrip().endswith("ms"):
            shortest = told[0][0].startswith("<")
            found.append(_SHORTEST_MS if shortest else float(told[0][1].replace(",", ".")))
    return tuple(found[:count])
