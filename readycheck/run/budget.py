"""Who gets how much of a run's data: what one check may use of what is left. Pure; knows costs, and no check."""

from dataclasses import dataclass, replace
from typing import Final

from readycheck.api import Cost
from readycheck.sizes import readable_size

NOTHING_TO_DO_S: Final = 0.1


@dataclass(frozen=True, kw_only=True)
class Share:
    """``cost``: what a check may use; ``quick``: by its small plan. ``refusal`` says why it is not started; empty: it is."""

    cost: Cost
    quick: bool = False
    refusal: str = ""


def share(whole: Cost, small: Cost, left: int) -> Share:
    """All that its whole plan may use; else what is left, where it says that it can do with that; else what its small plan may
    use. A check for which all this is too much is not started."""
    if whole.bytes <= left:
        return Share(cost=whole)
    if whole.least is not None and whole.least <= left:
        return Share(cost=replace(whole, bytes=left))
    if small.bytes <= left:
        return Share(cost=small, quick=True)
    needed = min(each for each in (small.bytes, whole.least) if each is not None)
    return Share(
        cost=whole,
        refusal=f"Not tried: it needs {readable_size(needed)} of data, and the data limit leaves {_left(left)}",
    )


def times(cost: Cost, count: int) -> Cost:
    """The cost of doing the same ``count`` times."""
    least = None if cost.least is None else cost.least * count
    seconds = cost.seconds * count or NOTHING_TO_DO_S
    return replace(cost, bytes=cost.bytes * count, least=least, seconds=seconds)


def _left(count: int) -> str:
    return readable_size(count) if count > 0 else "none"
