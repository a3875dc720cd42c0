"""Is it one server alone that falls short? Pure judgement over two streams of one moment: to the same server again, and to
another party's, which shows the line without it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from readycheck.api import Confidence, Fact, Finding, Measurement, Privacy, Status, fact
from readycheck_checks.calls.sides import AMOUNTS, Packets

Said = Measurement | Finding | Fact
ONCE: Final = "Seen once only"


@dataclass(frozen=True, kw_only=True)
class Heard:
    """A stream of the second round: its packets there and back, and what it gives by itself. ``to``: the host."""

    packets: Packets
    to: str = ""
    said: tuple[Said, ...] = ()

    @property
    def short(self) -> frozenset[str]:
        return short_of(self.said)


@dataclass(frozen=True, kw_only=True)
class Second:
    """The second round. ``again``: to the host of the first stream; None: nothing came back. ``beside``: to another party at the
    same moment; None: there was nobody, or nothing came back."""

    again: Heard | None = None
    beside: Heard | None = None

    @property
    def shown(self) -> Heard | None:
        """The one that shows the line best: of two, the other party's, for whatever the first one's host does."""
        return self.beside or self.again

    def both(self, first: frozenset[str]) -> frozenset[str]:
        """The codes in which two parties fall short; ``first``: those of the first stream."""
        before = first | (self.again.short if self.again is not None else frozenset())
        return before & self.beside.short if self.beside is not None else frozenset()

    def bears_out(self, code: str) -> bool:
        """What the first stream shows is seen again: of two, at the other party's."""
        return self.shown is not None and code in self.shown.short


def short_of(said: Sequence[Said]) -> frozenset[str]:
    """The codes of what falls short."""
    return frozenset(
        each.code for each in said if isinstance(each, Finding) and each.status is not Status.PASS
    )


def in_short(said: Sequence[Said]) -> str:
    return "; ".join(each.summary for each in said if isinstance(each, Finding))


def left_out(target: str, why: str) -> Fact:
    """No call goes to a STUN server of somebody else: what ails it alone is no fault of anything here."""
    return fact("stream_left_out", "Left out, for it falls short alone", f"{target}: {why}", Privacy.ORG)


def alone(codes: Mapping[str, float], second: Second | None) -> frozenset[str]:
    """Those of the codes in which the first server falls short again, by more than chance, while the other is well. A server that
    says nothing more while the other is well is alone in all of them."""
    if second is None or second.beside is None:
        return frozenset()
    well = codes.keys() - second.beside.short
    if second.again is None:
        return frozenset(well)
    again, beside = second.again, second.beside
    return frozenset(
        code for code in well if code in again.short and _differ(code, again.packets, beside.packets)
    )


def _differ(code: str, worse: Packets, better: Packets) -> bool:
    """Whether the bounds of the two leave no chance that they are the same."""
    amount = AMOUNTS.get(code)
    high, low = (amount(worse), amount(better)) if amount is not None else (None, None)
    return high is not None and low is not None and high.low > low.high


def steadied(finding: Finding, second: Second | None, sure: frozenset[str] = frozenset()) -> Finding:
    """A single bad moment decides nothing: where no second stream shows it too, the first one is a warning at most. ``sure``:
    codes that were borne out otherwise."""
    borne_out = finding.code in sure or (second is not None and second.bears_out(finding.code))
    if finding.status is Status.PASS or borne_out:
        return finding
    return msgspec.structs.replace(
        finding,
        status=Status.WARN,
        confidence=Confidence.LOW,
        summary=f"{_why(finding.code, second)}. {finding.summary}",
    )


def _why(code: str, second: Second | None) -> str:
    if second is None or second.shown is None:
        return ONCE
    again, beside = second.again, second.beside
    if again is not None and code in again.short and beside is not None:
        return f"Unsteady, and well at the same moment in a stream to {beside.to}"
    return "Unsteady, and well some seconds later"
