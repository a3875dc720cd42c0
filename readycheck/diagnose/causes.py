"""What the rules are written in: causes, the results they come from, and how causes that are one fault become one."""

from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from functools import reduce
from typing import Final

from msgspec.structs import replace

from readycheck.model import Cause, CheckResult, Owner

Results = Mapping[str, CheckResult]
Causes = tuple[Cause, ...]
Rule = Callable[[Causes, Results], Causes]

LIKELIEST: Final = (Owner.COMPANY, Owner.ISP, Owner.HOME, Owner.DEVICE, Owner.SERVICE)


def parties(cause: Cause) -> set[Owner]:
    """Whose it may be, by what its check saw."""
    if cause.owner is not Owner.UNKNOWN:
        return {cause.owner}
    return set(cause.either) or set(LIKELIEST)


def is_one_of(code: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(code, pattern) for pattern in patterns)


def checks_of(cause: Cause) -> set[str]:
    """The check a cause was found by (its first), without the instance."""
    return {cause.explains[0].partition(":")[0]} if cause.explains else set()


def joined(into: Cause, other: Cause) -> Cause:
    return replace(
        into,
        explains=tuple(dict.fromkeys((*into.explains, *other.explains))),
        evidence_for=tuple(dict.fromkeys((*into.evidence_for, *other.evidence_for))),
    )


def may_be_one_fault(one: Cause, other: Cause) -> bool:
    """Whether some party can have both: what is one's alone does not show itself in what is another's alone."""
    return not parties(one).isdisjoint(parties(other))


def absorbed(causes: Causes, root: Cause, belongs: Callable[[Cause], object]) -> Causes:
    """Join into ``root``, which is one of them, all others that belong to it; unchanged where none does."""
    members = [cause for cause in causes if cause is not root and belongs(cause)]
    if not members or not any(cause is root for cause in causes):
        return causes
    kept = [c for c in causes if c is not root and not any(c is member for member in members)]
    return (reduce(joined, members, root), *kept)
