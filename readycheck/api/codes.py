"""What a check can say, declared beside it: the table that ``docs/checks.md`` and ``readycheck explain`` are made of."""

from dataclasses import dataclass

from readycheck.model import Owner, Status


@dataclass(frozen=True)
class Code:
    """One kind of finding.

    name      as findings and reports carry it: "vpn.gateway_silent"
    meaning   what is so when it is said: one sentence in plain words, without a full stop
    status    those it can have: FAIL and WARN where a limit of the profile decides
    owners    whose it may be, the likeliest first; empty where nothing is wrong, or nobody can know
    remedy    what the person does about it, beginning with a verb; empty where there is nothing to do
    """

    name: str
    meaning: str
    status: tuple[Status, ...]
    owners: tuple[Owner, ...] = ()
    remedy: str = ""
