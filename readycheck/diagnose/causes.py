"""What the rules are written in: causes, the results they come from, and how causes that are one fault become one."""

from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
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


def absorbed(causes: Causes, code: str, belongs: Callable[[Cause], object]) -> Causes:
    """Join into the first cause of this code all others that belong to it; unchanged where there is no such cause."""
    first = next((cause for cause in causes if cause.code == code), None)
    if first is None:
        return causes
    root, kept = first, []
    for cause in causes:
        if cause is first:
            continue
        if belongs(cause):
            root = joined(root, cause)
        else:
            kept.append(cause)
    return (root, *kept)
