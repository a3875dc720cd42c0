"""A box on the way that answers plain web pages itself, and may answer test pages in place of their vendors. Pure judgement.

Vendors that have nothing to do with each other name different caches, or none: one and the same name on the pages of two of them
is the name of something on the way (Via: RFC 9110, section 7.6.3; X-Cache: what Squid and its kin add). A bare
pseudonym such as "varnish" does not count: the caches of whole content networks bear it.
"""

from collections.abc import Mapping
from typing import Final

from readycheck.api import (
    Confidence,
    Finding,
    HttpAnswer,
    NetError,
    Owner,
    TlsAnswer,
    clean,
    failed,
)
from readycheck_checks.asking.endpoints import host_in
from readycheck_checks.portal.codes import FAKED

_NAMING: Final = ("via", "x-cache", "x-cache-lookup")
_LONGEST: Final = 80


def box_on_the_way(answers: Mapping[str, HttpAnswer | NetError]) -> str:
    """The name that a box gave itself on pages of several hosts (by URL), at most 80 characters; empty where there is none."""
    seen: dict[str, set[str]] = {}
    for url, answer in answers.items():
        if isinstance(answer, HttpAnswer):
            for name in _names_in(answer.headers):
                seen.setdefault(name, set()).add(host_in(url))
    return next((name for name, hosts in seen.items() if len(hosts) > 1), "")


def _names_in(headers: Mapping[str, str]) -> list[str]:
    """``MISS from cache.example`` and ``1.1 cache.example (squid/5.7)`` both name a cache; ``HIT`` alone names none."""
    names = []
    for header in _NAMING:
        value = clean(headers.get(header, ""), _LONGEST)
        last = value.rpartition(",")[2].strip()  # the box nearest to us adds itself at the end
        words = last.partition(" from ")[2] if header != "via" else last.partition(" ")[2]
        if "." in words.partition(" ")[0] or "(" in words:
            names.append(words)
    return names


def faked(box: str, secure: Mapping[str, TlsAnswer | NetError]) -> Finding | None:
    """``secure``: the hosts of the test pages, asked over TLS, where nobody can answer in their place. None: at least one did."""
    if not secure or any(isinstance(each, TlsAnswer) for each in secure.values()):
        return None
    return failed(
        FAKED,
        f"Something on the way ({box}) answers plain web pages in place of the internet, and lets no secure one through",
        confidence=Confidence.MEDIUM,
        detail="; ".join(str(each) for each in secure.values()),
        either=(Owner.HOME, Owner.ISP),
    )
