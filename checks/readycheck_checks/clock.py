"""Is the clock of this computer right? SNTP to the servers of the profile; where none answers, the Date of web servers (± 1 s).

Servers must agree before they are believed, and one alone makes no failure; sets no clock.
"""

import dataclasses
import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Annotated, Final

from msgspec import Meta
from msgspec.structs import replace

from readycheck.api import (
    Capability,
    Check,
    Code,
    Confidence,
    Context,
    Cost,
    Finding,
    HttpAnswer,
    Measurement,
    NetError,
    Options,
    Owner,
    Says,
    Status,
    TlsFailed,
    failed,
    judge,
    measured,
    passed,
    unknown,
    warned,
)
from readycheck_checks.asking.attempts import HostPort, at_once
from readycheck_checks.asking.endpoints import endpoint, hosts_in
from readycheck_checks.asking.limits import require_above
from readycheck_checks.sntp import Question, offset_s, server_times

_LIMITS_OF = (
    "Kerberos refuses a clock that is 5 minutes off (RFC 4120, section 5.9.1; Windows default); "
    "one-time codes change every 30 s (RFC 6238)"
)
_FEWEST = 2  # servers: what one says alone may be its own mistake
_AGREE_S = 2.0  # HTTP tells whole seconds
_CERTIFICATE_DATES = ("expired", "not_yet_valid")

RIGHT: Final = Code("connection.clock", "The clock of this computer is right", (Status.PASS,))
OFF: Final = Code(
    "connection.clock_off",
    "The clock of this computer is further off than the profile allows",
    (Status.WARN, Status.FAIL),
    (Owner.DEVICE,),
    "Switch on automatic date and time in the settings of this computer, and see that the time zone is right",
)
NOT_AGREED: Final = Code(
    "connection.clock_not_agreed",
    "The servers asked tell different times, so none can be believed",
    (Status.UNKNOWN,),
)
NOT_MEASURED: Final = Code(
    "connection.clock_not_measured",
    "No server told the time",
    (Status.UNKNOWN,),
    (),
    "Compare the clock of this computer, with its date, to your phone",
)


class ClockOptions(Options, frozen=True, kw_only=True):
    servers: Annotated[
        tuple[HostPort, ...],
        Meta(max_length=6, description="Time servers, host:port (SNTP over UDP, port 123)"),
    ] = ()
    pages: Annotated[
        tuple[Annotated[str, Meta(pattern=r"^https?://")], ...],
        Meta(max_length=6, description="Web pages whose Date is used where no time server answers"),
    ] = ()
    plan_s: Annotated[float, Meta(gt=0, description="Deviation to plan with, in seconds")] = 5.0
    fail_s: Annotated[float, Meta(gt=0, description="Deviation where sign-in stops, in seconds")] = 300.0
    source: Annotated[str, Meta(description="Whose limits these are")] = _LIMITS_OF

    def __post_init__(self) -> None:
        require_above("fail_s", self.fail_s, "plan_s", self.plan_s)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How far a server is ahead of this computer; true within ``within_s``; ``servers`` say so."""

    ahead_s: float
    within_s: float
    servers: int = 1


async def run(options: ClockOptions, ctx: Context) -> Says:
    readings, problems = await _sntp(options, ctx)
    method, believed, witnessed = "SNTP", agreed(readings), False
    if believed is None or abs(believed.ahead_s) > options.plan_s:
        dated, more = await _web(options, ctx)
        problems += more
        witnessed = bool(readings and dated) or any(map(_is_by_date, more))
        believed = believed and confirmed(believed, agreed(dated))
        if not readings:
            method, believed = "Date of web servers, which tells whole seconds", agreed(dated)
        readings += dated
    if believed is None:
        yield _not_measured(readings, problems)
        return
    offset = _offset(
        believed, options, f"{method}; {believed.servers} of {len(readings)} that answered agree"
    )
    yield offset
    yield verdict(offset, believed, witnessed=witnessed)


async def _sntp(options: ClockOptions, ctx: Context) -> tuple[list[Reading], list[NetError]]:
    asked = await at_once({server: _ask_server(ctx, server) for server in options.servers})
    readings = [reading for reading in asked.values() if isinstance(reading, Reading)]
    return readings, [problem for problem in asked.values() if isinstance(problem, NetError)]


async def _ask_server(ctx: Context, server: str) -> Reading | None:
    """None where the server answers that it does not know the time."""
    where, question = endpoint(server), Question()
    answer = await ctx.net.udp(
        where.host, where.port, question.packet(), accept=question.accepts, waits_s=(1.0, 1.5)
    )
    heard = ctx.clock.now().astimezone(UTC)
    times = server_times(answer.data)
    if times is None:
        return None
    asked = heard - timedelta(milliseconds=answer.rtt_ms)
    return Reading(ahead_s=offset_s(asked, *times, heard), within_s=answer.rtt_ms / 2000)


async def _web(options: ClockOptions, ctx: Context) -> tuple[list[Reading], list[NetError]]:
    asked = await at_once({page: _ask_page(ctx, page) for page in options.pages})
    readings = [reading for reading in asked.values() if isinstance(reading, Reading)]
    return readings, [problem for problem in asked.values() if isinstance(problem, NetError)]


async def _ask_page(ctx: Context, page: str) -> Reading | None:
    answer = await ctx.http.get(page, timeout_s=4.0, max_bytes=1_024)
    return by_date(answer, ctx.clock.now().astimezone(UTC))


def by_date(answer: HttpAnswer, heard: datetime) -> Reading | None:
    """From the Date header (RFC 9110, section 6.6.1), cut to whole seconds and half an exchange old. None: no date, or a
    copy that a cache has kept (RFC 9111, section 5.1)."""
    try:
        told = parsedate_to_datetime(answer.headers.get("date", ""))
    except (ValueError, OverflowError):
        return None
    if told.tzinfo is None or answer.headers.get("age", "0") != "0":
        return None
    middle = heard - timedelta(seconds=answer.seconds / 2)
    return Reading(ahead_s=(told - middle).total_seconds() + 0.5, within_s=0.5 + answer.seconds / 2)


def agreed(readings: Iterable[Reading]) -> Reading | None:
    """The middle reading, where most readings are near it; a single one stands alone. None: no reading, or they disagree."""
    found = sorted(readings, key=lambda reading: reading.ahead_s)
    if not found:
        return None
    middle = found[len(found) // 2]
    near = [
        each
        for each in found
        if abs(each.ahead_s - middle.ahead_s) <= _AGREE_S + middle.within_s + each.within_s
    ]
    if len(found) > 1 and len(near) * 2 <= len(found):
        return None
    return Reading(
        ahead_s=statistics.median(each.ahead_s for each in near),
        within_s=min(each.within_s for each in near),
        servers=len(near),
    )


def confirmed(believed: Reading, witness: Reading | None) -> Reading | None:
    """With the web servers that say the same; None where they contradict the time servers: one box on the way may answer in place
    of all of these."""
    if witness is None:
        return believed
    apart = abs(believed.ahead_s - witness.ahead_s)
    if apart > _AGREE_S + believed.within_s + witness.within_s:
        return None
    return dataclasses.replace(believed, servers=believed.servers + witness.servers)


def _offset(believed: Reading, options: ClockOptions, method: str) -> Measurement:
    off = abs(believed.ahead_s)
    return measured(
        "clock_offset",
        "Deviation of the clock",
        round(off, 3),
        "s",
        plan=options.plan_s,
        fail=options.fail_s,
        source=options.source,
        low=round(max(0.0, off - believed.within_s), 3),
        high=round(off + believed.within_s, 3),
        method=method,
    )


def verdict(offset: Measurement, believed: Reading, *, witnessed: bool = False) -> Finding:
    """``witnessed``: web pages say so besides time servers, by their time or by certificates that look out of date. One box on
    the way may answer in place of all time servers, and tell a time of its own."""
    status = judge(replace(offset, value=offset.value if offset.low is None else offset.low))
    way = "behind" if believed.ahead_s > 0 else "ahead"
    if status is Status.PASS:
        return passed(RIGHT, f"The clock is right ({offset.value:.1f} s off)")
    told = f"{duration(offset.value)} {way}, at most {duration(offset.plan_limit or 0)} wanted"
    if believed.servers < _FEWEST:
        return warned(
            OFF,
            f"One server alone says that the clock of this computer is {told}; no other tells the time",
            remedy=f"{NOT_MEASURED.remedy}; if they differ, switch on automatic date and time",
            owner=Owner.DEVICE,
            confidence=Confidence.LOW,
        )
    if status is Status.WARN:
        return warned(OFF, f"The clock of this computer is {told}", owner=Owner.DEVICE)
    return failed(
        OFF,
        f"Signing in will not work: the clock of this computer is {told}",
        owner=Owner.DEVICE,
        confidence=Confidence.HIGH if witnessed else Confidence.MEDIUM,
    )


def duration(seconds: float) -> str:
    """Readable, in one unit, from two of it on: 4 s, 7 min, 3 h, 12 days."""
    for size, unit in ((86_400.0, "days"), (3_600.0, "h"), (60.0, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


def _is_by_date(problem: NetError) -> bool:
    return isinstance(problem, TlsFailed) and problem.reason in _CERTIFICATE_DATES


def _not_measured(readings: list[Reading], problems: list[NetError]) -> Finding:
    detail = "; ".join(str(problem) for problem in problems)
    if readings:
        return unknown(NOT_AGREED, "The time servers tell different times, so none can be believed")
    if any(map(_is_by_date, problems)):
        return unknown(
            NOT_MEASURED,
            "No time server answered, and certificates look out of date: the clock may be wrong",
            detail=detail,
        )
    return unknown(NOT_MEASURED, "No time server answered", detail=detail)


check = Check(
    id="clock",
    title="Clock",
    capability=Capability.CONNECTION,
    summary="Whether the clock of this computer is right enough to sign in",
    run=run,
    options=ClockOptions,
    timeout=15.0,
    after=("internet",),
    essential=False,
    on_demand=True,
    cost=Cost(bytes=5_000, seconds=3.0, hosts="the time servers of the profile"),
    hosts_of=lambda options: hosts_in(*options.servers, *options.pages),
    codes=(RIGHT, OFF, NOT_AGREED, NOT_MEASURED),
)
