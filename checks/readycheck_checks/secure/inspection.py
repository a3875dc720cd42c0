"""Who may open secure connections on the way: an authority that this computer trusts and browsers are not shipped with. Pure.

The same shows on hosts of a company that are signed by its own authority: only the name of a known product tells them apart.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from msgspec import Meta, Struct

from readycheck.api import NetError, TlsAnswer, TlsFailed


class Inspector(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A product that opens secure connections, told by the name of the authority that it installs."""

    issuer: Annotated[str, Meta(min_length=3, max_length=80, description="Part of the issuer's name")]
    name: Annotated[str, Meta(min_length=2, max_length=60, description="What people call it")]
    kind: Annotated[
        Literal["company", "program"],
        Meta(description="A box or service of a company, or a program of this computer"),
    ]


def inspector_of(issuer: str, known: Sequence[Inspector]) -> Inspector | None:
    """Upper and lower case do not count."""
    return next((each for each in known if each.issuer.lower() in issuer.lower()), None)


def opener_of(
    by_system: Mapping[str, TlsAnswer | NetError],
    by_public: Mapping[str, TlsAnswer | NetError],
    known: Sequence[Inspector],
) -> str:
    """The issuer of hosts that only this system's store vouches for; empty where there is none.

    Stores differ a little without anybody opening anything, so one host alone counts only where its issuer is a known product.
    """
    only_here = [
        answer.issuer
        for host, answer in by_system.items()
        if isinstance(answer, TlsAnswer) and answer.issuer and _is_stranger(by_public.get(host))
    ]
    for issuer, hosts in Counter(only_here).most_common():
        if hosts > 1 or inspector_of(issuer, known):
            return issuer
    return ""


def _is_stranger(outcome: TlsAnswer | NetError | None) -> bool:
    return isinstance(outcome, TlsFailed) and outcome.reason == "untrusted"
