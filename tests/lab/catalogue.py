"""The fault catalogue as data: what is broken, how to break it, and what a true verdict says. Read strictly; runs nothing.

Files: catalogue/*.toml, tables [[fault]] and [[healthy]]; the form is that of Case below.
"""

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from readycheck.model import Capability, Owner, Standing

FOLDER: Final = Path(__file__).parent / "catalogue"
# Names for checks that stand and fall together, written "@name" in the files.
GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "inside": ("vpn_inside", "share"),
    "vpn": ("vpn_gateway", "vpn_tunnel", "vpn_inside", "share"),
    "calls": ("bandwidth", "call_path", "call_service"),
    "help": ("contact_portal", "contact_email", "contact_chat"),
    "named": ("@calls", "@vpn", "@help", "tls"),  # what needs names and an open web
    "outside": ("@named", "internet", "dns"),
}


class Case(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One situation and the truth about it.

    how        steps that bring it about (tests/lab/switches)
    profile    whose profile judges: office (shipped, as it is) or one of tests/lab/profiles
    tunnel     what the VPN program of the person has done before: none, split, full; with its kind: "wireguard split"
    cause      the code on top; several where each is as true as the others; none for what is healthy
    whose      who has to mend it in truth
    either     where nothing that an unprivileged program can see tells whose it is: the owners that the verdict must name
    why        why nothing tells
    level      fail: work is not possible; warn: possible, with less
    broken     checks whose subject is truly broken: none of them may pass, and no other check may fail ("share" is every share)
    uncertain  checks that may say either (where all is healthy: that may warn)
    unseen     checks that cannot see their subject, be it broken or not: they may neither pass nor fail
    hold       checks that must be on hold
    capabilities  how each stands, where not ready
    fast       in the subset that every test run takes
    """

    name: str
    title: str
    how: tuple[dict[str, Any], ...] = ()
    profile: str = "company"
    tunnel: str = "split"
    cause: tuple[str, ...] = ()
    whose: Owner | None = None
    either: tuple[Owner, ...] = ()
    why: str = ""
    level: Literal["fail", "warn", "healthy"] = "fail"
    broken: tuple[str, ...] = ()
    uncertain: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    hold: tuple[str, ...] = ()
    capabilities: dict[Capability, Standing] = {}
    fast: bool = False

    def __post_init__(self) -> None:
        if self.level == "healthy" and (self.cause or self.broken or self.whose):
            raise ValueError(f"{self.name}: what is healthy has no cause, no owner and nothing broken")
        if self.level != "healthy" and not (self.cause and self.whose):
            raise ValueError(f"{self.name}: a fault needs `cause` and `whose`")
        if bool(self.either) != bool(self.why):
            raise ValueError(f"{self.name}: `either` and `why` belong together")
        if self.either and (self.whose not in self.either or len(set(self.either)) < 2):
            raise ValueError(f"{self.name}: `either` names two parties or more, and `whose` is one of them")

    def independent_of(self, other: "Case") -> bool:
        """True where both show at once: neither puts on hold, blurs or breaks what the other is seen by."""
        hidden = self._hides(other) or other._hides(self)
        return same_ground([self, other]) and not hidden and set(self.cause).isdisjoint(other.cause)

    def _hides(self, other: "Case") -> bool:
        mine = {*self.hold, *self.broken, *self.uncertain, *self.unseen}
        return any(touches(check, mine) for check in other.broken)


def same_ground(cases: Sequence[Case]) -> bool:
    """True where these can be on at once: one profile judges, the VPN program of the person and each server are in one state."""
    return len({(case.profile, case.tunnel) for case in cases}) == 1 and _no_server_twice(cases)


def _no_server_twice(cases: Sequence[Case]) -> bool:
    """A server runs with one set of settings: of two situations that start the same one, the later undoes the earlier."""
    started: dict[str, dict[str, Any]] = {}
    for each in (step for case in cases for step in case.how if "serve" in step):
        if started.setdefault(each["serve"], each) != each:
            return False
    return True


def obstacle(names: Sequence[str]) -> str:
    """Why the situations of these names cannot be brought about together; empty where they can."""
    by_name = {case.name: case for case in cases()}
    if unknown := [name for name in names if name not in by_name]:
        return f"No such situation: {', '.join(unknown)} (python -m tests.lab list)"
    if names and not same_ground([by_name[name] for name in names]):
        return f"{' + '.join(names)}: of other profiles or other VPNs, so they cannot be on at once"
    return ""


def touches(check_id: str, patterns: "Sequence[str] | set[str]") -> bool:
    """True where a pattern is this check, or the check it is an instance of, or the other way round."""
    first = check_id.partition(":")[0]
    return any(p in (check_id, first) or p.partition(":")[0] == check_id for p in patterns)


@cache
def cases() -> tuple[Case, ...]:
    """All faults and healthy variants, in the order of the files."""
    return read(FOLDER)


def read(folder: Path) -> tuple[Case, ...]:
    """Raises ValueError with file and name where one is wrong."""
    found: dict[str, Case] = {}
    for file in sorted(folder.glob("*.toml")):
        for case in _read(file):
            if case.name in found:
                raise ValueError(f"{file.name}: {case.name} is there twice")
            found[case.name] = case
    return tuple(found.values())


def _read(file: Path) -> list[Case]:
    tables = tomllib.loads(file.read_text(encoding="utf-8"))
    cases = []
    for kind, rows in tables.items():
        if kind not in ("fault", "healthy"):
            raise ValueError(f"{file.name}: [[{kind}]] is neither [[fault]] nor [[healthy]]")
        for row in rows:
            given = {**row, "level": "healthy"} if kind == "healthy" else row
            try:
                cases.append(msgspec.convert(_listed(given), Case))
            except (msgspec.ValidationError, ValueError) as error:
                raise ValueError(f"{file.name}, {row.get('name', '?')}: {error}") from None
    return cases


def _listed(row: dict[str, Any]) -> dict[str, Any]:
    """A cause may be written as a single text, and groups of checks by their name."""
    listed = {**row, "cause": [row["cause"]]} if isinstance(row.get("cause"), str) else dict(row)
    for key in ("broken", "uncertain", "unseen", "hold"):
        listed[key] = [check for pattern in row.get(key, ()) for check in _members(pattern)]
    return listed


def _members(pattern: str) -> list[str]:
    if not pattern.startswith("@"):
        return [pattern]
    if pattern[1:] not in GROUPS:
        raise ValueError(f"{pattern} is no group of checks; there are @{', @'.join(GROUPS)}")
    return [check for each in GROUPS[pattern[1:]] for check in _members(each)]


def faults() -> tuple[Case, ...]:
    return tuple(case for case in cases() if case.level != "healthy")


def healthy() -> tuple[Case, ...]:
    return tuple(case for case in cases() if case.level == "healthy")
