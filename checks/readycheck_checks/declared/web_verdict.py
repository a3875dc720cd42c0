"""The verdict about an answer of a declared web page. Pure; asks nobody."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from readycheck.api import Blame, Finding, HttpAnswer, NetError, Owner, TlsAnswer, clean, passed, unknown
from readycheck_checks.blame.answering import who_answers, who_is_in_trouble
from readycheck_checks.blame.owners import between
from readycheck_checks.declared.options import Declared
from readycheck_checks.declared.pages import Page
from readycheck_checks.declared.telling import missed

CODE: Final = "declared.web"
SIGN_IN: Final = (401, 403)
OF_A_PROXY: Final = (407,)
_OF_PAGES: Final = {"punycode": "utf-8"}  # no page has it, and reading it takes the square of its length
NETWORK_SIGN_IN: Final = 511  # RFC 6585: the network wants a sign-in
ROUND_TRIPS: Final = (
    6  # of a small page over a new TLS connection: name, TCP, TLS, request, and a lost packet
)


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One visit with all its redirects. ``step``: "connect", "request", "answer" or "done"; ``error`` where it came to no answer.

    ``where``: the page that answered last, ``stopped``: why a redirect was not followed; ``proxied``: a proxy was asked.
    """

    step: str
    where: Page
    error: NetError | None = None
    answer: HttpAnswer | None = None
    redirects: int = 0
    stopped: str = ""
    proxied: bool = False
    seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What the profile expects. ``header``: its name in small letters and the text in it, which may be empty."""

    status: tuple[int, ...]
    body: str = ""
    header: tuple[str, str] = ("", "")
    max_seconds: float = 0.0
    signed_in: bool = False


def judge_answer(options: Declared, wanted: Wanted, seen: Visit) -> Iterator[Finding]:
    """What is not as expected, one finding each; one that passes where all is."""
    answer = seen.answer
    if answer is None:
        return
    speaker = who_answers(options.far, proved=seen.where.is_tls, proxied=seen.proxied)
    found = False
    for code, how, blame in _faults(wanted, seen, answer, speaker, options.far):
        found = True
        if code.endswith(("_unread", "_proxy")):
            yield unknown(f"{CODE}{code}", f"Whether {options.title} works could not be told: {how}")
        else:
            yield missed(options, f"{CODE}{code}", how, blame, detail=_detail(seen, answer))
    if not found:
        went = f" after {seen.redirects} redirects" if seen.redirects else ""
        yield passed(
            CODE, f"{options.title} answers (HTTP {answer.status}){went}", detail=_detail(seen, answer)
        )


def _faults(
    wanted: Wanted, seen: Visit, answer: HttpAnswer, speaker: Blame, far: Owner
) -> Iterator[tuple[str, str, Blame]]:
    where = seen.where.shown
    if answer.status in (*OF_A_PROXY, NETWORK_SIGN_IN) and answer.status not in wanted.status:
        yield "_proxy", f"the network or a proxy wants a sign-in first (HTTP {answer.status})", speaker
        return
    if seen.stopped:
        yield "_redirect", f"{where} sends on, and {seen.stopped}", speaker
        return
    if answer.status not in wanted.status:
        yield _status(wanted, seen, answer, speaker, far)
        return
    yield from _contents(wanted, answer, where, speaker)


def _status(
    wanted: Wanted, seen: Visit, answer: HttpAnswer, speaker: Blame, far: Owner
) -> tuple[str, str, Blame]:
    expected = " or ".join(map(str, wanted.status))
    if wanted.signed_in and answer.status in SIGN_IN:
        how = f"{seen.where.shown} does not accept what readycheck signed in with (HTTP {answer.status})"
        return "_sign_in", how, speaker
    how = f"{seen.where.shown} answers with HTTP {answer.status}, and {expected} is expected"
    if answer.status < 500:
        return "_status", how, speaker
    blame = who_is_in_trouble(far, answer.status, proved=seen.where.is_tls, proxied=seen.proxied)
    if blame is None:
        how = f"the proxy of this computer, or {seen.where.shown}, is in trouble (HTTP {answer.status})"
        return "_proxy", how, speaker
    return "_status", how, blame


def _contents(
    wanted: Wanted, answer: HttpAnswer, where: str, blame: Blame
) -> Iterator[tuple[str, str, Blame]]:
    name, text = wanted.header
    if name and (name not in answer.headers or text not in answer.headers[name]):
        lacks = (
            f'"{text}" is not in its header {name}' if name in answer.headers else f"it has no header {name}"
        )
        yield "_header", f"{where} answers, and {lacks}", blame
    if not wanted.body or wanted.body in readable(answer):
        return
    if answer.headers.get("content-encoding", "identity").lower() not in ("", "identity"):
        yield "_unread", f"{where} sends its text packed, although plain text was asked for", blame
    elif answer.truncated:
        read = len(answer.body)
        yield (
            "_unread",
            f'"{wanted.body}" is not in the first {read} bytes of {where}, and no more was read',
            blame,
        )
    else:
        yield "_body", f'{where} answers, and "{wanted.body}" is not in it', blame


def readable(answer: HttpAnswer) -> str:
    """The body as text, by the character set that it states; what cannot be read in it is left out of comparison."""
    _, _, charset = answer.headers.get("content-type", "").lower().partition("charset=")
    name = charset.partition(";")[0].strip(" \"'")
    try:
        return answer.body.decode(_OF_PAGES.get(name, name) or "utf-8", errors="replace")
    except (LookupError, ValueError):  # a character set that nobody knows, or that is none of text
        return answer.body.decode("utf-8", errors="replace")


def judge_time(
    options: Declared, limit_s: float, seen: Visit, fastest_s: float, rtt_ms: float
) -> Finding | None:
    """``fastest_s``: of two visits. A line whose round trips are short did not make a small page wait."""
    if fastest_s <= limit_s or seen.answer is None:
        return None
    quick_line = 0 < rtt_ms * ROUND_TRIPS < limit_s * 500 and len(seen.answer.body) < 16_384
    near = (Owner.HOME, Owner.ISP)
    far = options.far
    blame = Blame(far) if quick_line and far not in near else between(far, *near)
    how = f"{seen.where.shown} took {fastest_s:.1f} s, and {limit_s:g} s is the limit"
    line = f"; one round trip takes {rtt_ms:.0f} ms" if rtt_ms else ""
    return missed(options, f"{CODE}_slow", how, blame, detail=_detail(seen, seen.answer) + line)


def judge_days(
    options: Declared, code: str, shown: TlsAnswer, wanted_days: int, now: datetime, host: str, blame: Blame
) -> Finding | None:
    """The days that a certificate is still valid for; None where they are enough, or not told."""
    if shown.not_after is None or wanted_days == 0:
        return None
    days = days_left(shown.not_after, now)
    if days >= wanted_days:
        return None
    how = f"the certificate of {host} runs out in {days} days, on {shown.not_after:%Y-%m-%d}"
    return missed(options, code, how, blame, detail=f"signed by {clean(shown.issuer, 80)}")


def days_left(until: datetime, now: datetime) -> int:
    return (until - now).days


def _detail(seen: Visit, answer: HttpAnswer) -> str:
    server = answer.headers.get("server", "")
    parts = (
        f"{seen.where.shown}: HTTP {answer.status} in {seen.seconds:.2f} s",
        f"after {seen.redirects} redirects" if seen.redirects else "",
        "through a proxy" if seen.proxied else "",
        f"says it is {clean(server, 60)}" if server else "",
    )
    return "; ".join(filter(None, parts))
