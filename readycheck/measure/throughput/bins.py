"""Counters that are looked at at odd moments become equal bins of time."""

from collections.abc import Sequence


class Bins:
    """``counts``: how much a counter grew in each complete bin of ``bin_s`` seconds, linear between two looks."""

    def __init__(self, bin_s: float) -> None:
        self.counts: list[float] = []
        self._bin_s = bin_s
        self._before = (0.0, 0.0)
        self._edge = 0.0
        self._looked = False

    def add(self, seconds: float, total: float) -> None:
        """The counter stood at ``total`` at this moment, which is not before the last one."""
        if not self._looked:
            self._looked, self._before, self._edge = True, (seconds, total), total
            return
        t0, c0 = self._before
        while (moment := (len(self.counts) + 1) * self._bin_s) <= seconds + 1e-9:
            share = min(1.0, (moment - t0) / (seconds - t0)) if seconds > t0 else 1.0
            at_edge = c0 + (total - c0) * share
            self.counts.append(at_edge - self._edge)
            self._edge = at_edge
        self._before = (seconds, total)


def rebin(samples: Sequence[tuple[float, float]], bin_s: float) -> list[float]:
    """The counts of each complete bin, from samples (seconds, total so far) in order of time, the first at 0."""
    bins = Bins(bin_s)
    for seconds, total in samples:
        bins.add(seconds, total)
    return bins.counts
