"""The verdict about a page of the support desk, from what one visit brought back. Pure; asks nobody.

Silence counts only beside a control that answered at the same moment; an owner is blamed only for what its side answered.
"""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from readycheck.api import (
    Blame,
    Closed,
    ContactCard,
    ContactRoute,
    Finding,
    Garbled,
    HttpAnswer,
    NameUnknown,
    NetError,
    NoRoute,
    Owner,
    Refused,
    Silent,
    TlsFailed,
    clean,
    failed,
    passed,
    unknown,
    warned,
)
from readycheck_checks.asking.controls import Controls
from readycheck_checks.asking.endpoints import host_in
from readycheck_checks.blame.answering import (
    ASKS_TO_SIGN_IN,
    HANGS,
    NETWORK_SAYS,
    PROXY_SAYS,
    who_answers,
    who_is_in_trouble,
)
from readycheck_checks.blame.certificates import is_bad_certificate
from readycheck_checks.blame.trouble import Looked
from readycheck_checks.contact.routes import another_way, named

TURNS_AWAY: Final = (ASKS_TO_SIGN_IN, 403)


@dataclass(frozen=True, kw_only=True)
class Site:
    """What is visited: ``kind`` names the codes (help.portal_down), ``expect`` is a text that the page must hold."""

    kind: str
    route: ContactRoute
    card: ContactCard
    owner: Owner
    expect: str = ""


@dataclass(frozen=True, kw_only=True)
class Visit:
    """What came back, and the controls that were asked together with the second try (none where the first told all).

    ``looked``: whose it is that the page did not answer; ``proxied``: a proxy was asked for the page, so that what is no answer
    of the page may be the proxy's.
    """

    came: HttpAnswer | NetError
    beside: Controls = Controls()
    looked: Looked | None = None
    proxied: bool = False

    @property
    def evidence(self) -> str:
        told = _answer_in_words(self.came) if isinstance(self.came, HttpAnswer) else str(self.came)
        beside = str(self.beside) if isinstance(self.came, Silent) else ""
        ends = self.looked.ends if self.looked is not None else ""
        return "; ".join(filter(None, (told, beside, ends)))

    @property
    def blame(self) -> Blame:
        return self.looked.blame if self.looked is not None else Blame()


def judge_visit(site: Site, seen: Visit) -> Finding:
    """One finding about the page."""
    if isinstance(seen.came, HttpAnswer):
        return _judge_answer(site, seen, seen.came)
    if seen.proxied and isinstance(seen.came, Refused | Closed | Silent | NoRoute):
        return _unproved(site, seen, PROXY_SAYS)
    match seen.came:
        case TlsFailed() if is_bad_certificate(seen.came):
            return _certificate(site, seen)
        case TlsFailed():
            return _no_tls(site, seen)
        case Refused() | Closed():
            return _down(site, seen, seen.blame)
        case Silent() if seen.beside.answered("tcp"):
            return _silent(site, seen)
        case NameUnknown():
            return _name(site, seen)
        case Garbled():
            return _unexpected(site, seen, "something else answered in its place", seen.blame)
        case _:
            return _unproved(site, seen, _doubt(seen))


def _judge_answer(site: Site, seen: Visit, answer: HttpAnswer) -> Finding:
    proved = urlsplit(site.route.value).scheme == "https"
    own = who_answers(site.owner, proved=proved, proxied=seen.proxied)
    if answer.status in NETWORK_SAYS:
        return _unproved(site, seen, NETWORK_SAYS[answer.status])
    if answer.status >= 500:
        blame = who_is_in_trouble(site.owner, answer.status, proved=proved, proxied=seen.proxied)
        return _down(site, seen, blame) if blame is not None else _unproved(site, seen, PROXY_SAYS)
    if answer.status in TURNS_AWAY and (site.route.needs_sign_in or site.kind == "chat"):
        return _turned_away(site, seen, answer)
    if answer.status >= 400:
        return _unexpected(site, seen, f"it answers HTTP {answer.status}", own)
    if site.expect.encode() not in answer.body and answer.truncated:
        why = f'the page is too large to look for the text "{clean(site.expect, 60)}" in all of it'
        return _unproved(site, seen, why)
    if site.expect.encode() not in answer.body:
        return _unexpected(site, seen, f'the text "{clean(site.expect, 60)}" is not on it', own)
    if urlsplit(site.route.value).scheme != "https":
        return _unencrypted(site)
    in_ms = f"{answer.seconds * 1000:.0f} ms"
    return passed(
        f"help.{site.kind}_answers", f"{named(site.route)} answers in {in_ms}", detail=_detail(site, seen)
    )


def _turned_away(site: Site, seen: Visit, answer: HttpAnswer) -> Finding:
    if answer.status != ASKS_TO_SIGN_IN:
        why = f"it lets nobody in who has not signed in (HTTP {answer.status}), as a filter of this network might"
        return _unproved(site, seen, why)
    return passed(
        f"help.{site.kind}_answers",
        f"{named(site.route)} answers and asks to sign in",
        detail=_detail(site, seen),
    )


def _unencrypted(site: Site) -> Finding:
    return warned(
        f"help.{site.kind}_unencrypted",
        f"{named(site.route)} has no encryption: others on the way can read what you write there",
        remedy="Leave passwords and private details out of what you write there. Ask support for an https address.",
        owner=site.owner,
    )


def _silent(site: Site, seen: Visit) -> Finding:
    """A page may also be silent because the line is too slow for it, or because something on the way drops what goes there."""
    if seen.looked is not None and seen.looked.hangs:
        how = f"does not open: it {HANGS}"
        return _stopped(site, seen, "hangs", how, seen.blame)
    return _stopped(site, seen, "silent", f"does not open: {seen.came}", seen.blame)


def _down(site: Site, seen: Visit, blame: Blame) -> Finding:
    answer = seen.came
    how = f"it answers HTTP {answer.status}" if isinstance(answer, HttpAnswer) else str(answer)
    return _stopped(site, seen, "down", f"does not open: {how}", blame)


def _name(site: Site, seen: Visit) -> Finding:
    lost = seen.looked.name if seen.looked is not None else None
    says = lost.says if lost is not None else str(seen.came)
    advice = lost.remedy if lost is not None and lost.hidden else ""
    return _stopped(site, seen, "name", f"does not open: {says}", seen.blame, advice)


def _certificate(site: Site, seen: Visit) -> Finding:
    found = seen.looked.certificate if seen.looked is not None else None
    says = (
        found.told(host_in(site.route.value)) if found is not None else "a safe connection did not come about"
    )
    advice = "Do not sign in there while a browser warns about it."
    if found is not None and found.advice:
        advice = f"{advice} {found.advice}."
    return _stopped(site, seen, "certificate", f"does not open safely: {says}", seen.blame, advice)


def _no_tls(site: Site, seen: Visit) -> Finding:
    how = "does not open safely: what answers there makes no secure connection"
    return _stopped(site, seen, "no_tls", how, seen.blame)


def _stopped(site: Site, seen: Visit, kind: str, how: str, blame: Blame, advice: str = "") -> Finding:
    return failed(
        f"help.{site.kind}_{kind}",
        f"{named(site.route)} {how}",
        remedy=" ".join(filter(None, (advice, another_way(site.card, site.route)))),
        blame=blame,
        detail=_detail(site, seen),
    )


def _unexpected(site: Site, seen: Visit, what: str, blame: Blame) -> Finding:
    return warned(
        f"help.{site.kind}_unexpected",
        f"{named(site.route)} may not be usable: {what}",
        remedy=f"Open {site.route.value} in a browser and look. {another_way(site.card, site.route)}",
        blame=blame,
        detail=_detail(site, seen),
    )


def _detail(site: Site, seen: Visit) -> str:
    return f"{site.route.value}: {seen.evidence}"


def _unproved(site: Site, seen: Visit, why: str) -> Finding:
    return unknown(
        f"help.{site.kind}_unproved",
        f"Whether {named(site.route)} works could not be told: {why}",
        remedy=another_way(site.card, site.route),
        detail=_detail(site, seen),
    )


def _doubt(seen: Visit) -> str:
    match seen.came:
        case Silent() if seen.beside.all_silent("tcp"):
            return "it did not answer, and neither did any other host asked at the same moment"
        case Silent():
            return "it did not answer, and no other host was asked that could have shown why"
        case NoRoute():
            return "this computer knows no way there"
        case _:
            return str(seen.came)


def _answer_in_words(answer: HttpAnswer) -> str:
    """Where it leads without what stands behind "?" or "#": keys of a sign-in may."""
    location = re.split("[?#]", answer.headers.get("location", ""))[0]
    led = f", leads to {clean(location, 200)}" if location else ""
    return f"HTTP {answer.status} in {answer.seconds * 1000:.0f} ms{led}"
