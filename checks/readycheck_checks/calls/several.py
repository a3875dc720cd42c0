"""What several speed servers show together of one direction: which rate counts, and whether it is the line's. Pure.

A rate is of the line and of the server that measured it. The line carries at least what the best of them proves; that it
carries no more is shown only where two servers that have nothing to do with each other fall short alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from readycheck.api import Owner, Status
from readycheck.measure.providers.base import RateTold
from readycheck.measure.throughput.bulk import Throughput
from readycheck_checks.calls.limits import Demand
from readycheck_checks.calls.rates import mbit, rate_status
from readycheck_checks.calls.sites import Site

SHORT: Final = (Status.WARN, Status.FAIL)


@dataclass(frozen=True, kw_only=True)
class Heard:
    """A rate of one direction, the server that measured it, and the proxy on the way there (empty: none)."""

    site: Site
    told: RateTold
    proxy: str = ""

    @property
    def rate(self) -> Throughput:
        return self.told.rate


@dataclass(frozen=True, kw_only=True)
class Counts:
    """``heard``: what counts of a direction. ``far``: whose server can be slow instead of the line, because no other party's was
    as slow; ``slower``: servers that are slow by themselves, as another one shows."""

    heard: Heard
    far: tuple[Owner, ...] = ()
    slower: tuple[Heard, ...] = ()


def is_short(rate: Throughput, needs: Demand | None) -> bool:
    return needs is not None and rate_status(rate, needs) in SHORT


def weighed(heard: Sequence[Heard], needs: Demand | None) -> Counts:
    """One or more rates of a direction, in the order in which they were measured."""
    short = [each for each in heard if is_short(each.rate, needs)]
    if needs is None or not short:
        return Counts(heard=_fastest(heard))
    bound = max(each.rate.high for each in short)
    more = [each for each in heard if each.rate.low > bound or rate_status(each.rate, needs) is Status.PASS]
    if more:
        best = _fastest(more)
        return Counts(heard=best, slower=tuple(each for each in short if each.rate.high < best.rate.low))
    sites = [each.site for each in short]
    alike = any(site.is_another_partys(sites[0]) for site in sites[1:])
    return Counts(heard=_fastest(short), far=() if alike else sites[0].far)


def in_words(direction: str, heard: Sequence[Heard], counts: Counts) -> str:
    """Where several measured a direction: what each of them saw."""
    rates = ", ".join(f"{mbit(each.rate.bits_per_s)} Mbit/s with {each.site.title}" for each in heard)
    slow = " and ".join(each.site.title for each in counts.slower)
    return f"{direction} {rates}" + (f", so that {slow} is slow by itself" if slow else "")


def _fastest(heard: Sequence[Heard]) -> Heard:
    """By what is proved."""
    return max(heard, key=lambda each: each.rate.low)
