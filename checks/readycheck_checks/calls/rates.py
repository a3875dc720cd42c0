"""From a measured rate to a judgement: too slow is said only where the upper bound of the rate is. Measures nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from readycheck.api import (
    Confidence,
    Finding,
    Measurement,
    Owner,
    Status,
    failed,
    measured,
    number,
    passed,
    unknown,
    warned,
)
from readycheck.measure.throughput.bulk import Throughput
from readycheck_checks.calls.codes import MORE_DATA, PAUSE_OTHERS, SLOW_LINE, SPEED
from readycheck_checks.calls.limits import Demand
from readycheck_checks.calls.owners import HOME_NETWORK
from readycheck_checks.calls.parties import either_of

REMEDY_VPN: Final = (
    "Pause other downloads and calls in your home, disconnect the VPN, if your company lets you, and check again. "
    "If it is faster then, tell IT support; if not, ask your internet provider to look at the line"
)
ONE_SERVER: Final = (
    "Pause other downloads and calls in your home, and check again. If it stays this slow, try another speed test: where that is "
    "fast the speed server is slow, else ask your internet provider to look at the line"
)
REMEDY_PROXY: Final = (
    "A slow proxy looks like a slow line. Pause other downloads and calls in your home, and check again. If it stays this slow, "
    "ask IT support about the proxy {proxy}, and your internet provider about the line"
)


@dataclass(frozen=True, kw_only=True)
class Direction:
    """``name`` as in codes, ``title`` as in reports; ``lost``: what a person loses on a call without it."""

    name: str
    title: str
    lost: str


DOWN: Final = Direction(
    name="download", title="Download", lost="You will hardly see or hear the others on a call"
)
UP: Final = Direction(name="upload", title="Upload", lost="The others will hardly see or hear you on a call")


@dataclass(frozen=True, kw_only=True)
class Between:
    """What lies between here and the speed server: the link to the home router (0: speed not told), who is behind it, and the
    proxy through which the server was asked (empty: none). ``far``: whose the server is, where no other party's was as slow."""

    behind: tuple[Owner, ...] = (Owner.ISP,)
    far: tuple[Owner, ...] = ()
    link_mbps: int = 0
    proxy: str = ""


def rate_status(rate: Throughput, needs: Demand) -> Status:
    """FAIL and WARN only below a limit with all of the interval, PASS at the plan or above it, UNKNOWN where neither is shown.

    A rate that converged and is within its own uncertainty of the plan counts by its value: WARN below, PASS at or above it.
    """
    plan, fail = needs.plan_mbps * 1e6, needs.fail_mbps * 1e6
    if rate.high < fail:
        return Status.FAIL
    if rate.high < plan:
        return Status.WARN
    if rate.low >= plan:
        return Status.PASS
    if not rate.converged:
        return Status.UNKNOWN
    return Status.PASS if rate.bits_per_s >= plan else Status.WARN


def measurement(rate: Throughput, direction: Direction, needs: Demand | None, proxy: str = "") -> Measurement:
    """The rate in Mbit/s with its bounds; with limits only where it could be judged by them: through a proxy it is no failure."""
    unjudged = (Status.UNKNOWN, Status.FAIL) if proxy else (Status.UNKNOWN,)
    judged = needs is not None and rate_status(rate, needs) not in unjudged
    return measured(
        direction.name,
        direction.title,
        round(rate.bits_per_s / 1e6, 3),
        "Mbit/s",
        plan=needs.plan_mbps if needs and judged else None,
        fail=needs.fail_mbps if needs and judged else None,
        source=needs.source if needs and judged else "",
        low=round(rate.low / 1e6, 3),
        high=None if rate.is_floor else round(rate.high / 1e6, 3),
        method=f"{rate.method}; {_how_ended(rate)}",
    )


def finding(
    rate: Throughput, direction: Direction, needs: Demand | None, way: Between = Between()
) -> Finding:
    """One sentence for a person: what comes through, what the call needs, and whose it is."""
    reached = f"{direction.name} {_shown(rate)} Mbit/s"
    detail = f"{mbit(rate.low)} to {'?' if rate.is_floor else mbit(rate.high)} Mbit/s; {_how_ended(rate)}"
    if needs is None:
        return passed(f"calls.{direction.name}", _sentence(f"{reached}, no limit set"), detail=detail)
    wanted = f"{reached}, {mbit(needs.plan_mbps * 1e6)} wanted for {needs.plan_by}"
    too_slow = f"calls.{direction.name}_too_slow"
    match rate_status(rate, needs):
        case Status.PASS:
            return passed(f"calls.{direction.name}", _sentence(wanted), detail=detail)
        case Status.UNKNOWN:
            unsure = _sentence(f"{wanted}: {_why_unsure(rate)}")
            remedy = MORE_DATA if rate.stopped_by == "data" else PAUSE_OTHERS
            return unknown(f"calls.{direction.name}_unsure", unsure, remedy=remedy, detail=detail)
        case Status.WARN:
            blurred = f"{_calls(way)} will lose picture quality: {wanted}"
            return warned(too_slow, blurred, **_whose(needs.plan_mbps, way, detail))
        case _:
            least = f"at least {mbit(needs.fail_mbps * 1e6)} needed for {needs.fail_by}"
            whose = _whose(needs.fail_mbps, way, detail)
            if way.proxy:
                return warned(too_slow, f"{_calls(way)} will hardly work: {reached}, {least}", **whose)
            return failed(too_slow, f"{direction.lost}: {reached}, {least}", **whose)


def _calls(way: Between) -> str:
    """Those that the rate tells of. Calls that go past a proxy were not measured, so a rate through one is never a failure."""
    return f"Calls through the proxy {way.proxy}" if way.proxy else "Calls"


def _whose(missed_mbps: float, way: Between, detail: str) -> dict[str, Any]:
    """A rate does not show where it comes about: a slow line and a slow home network give the same. The speed of a link does."""
    if 0 < way.link_mbps < missed_mbps:
        slow = f"{detail}; the link to the router runs at {way.link_mbps} Mbit/s"
        return {"owner": Owner.HOME, "remedy": HOME_NETWORK, "detail": slow}
    parties = either_of(way.behind)
    said: dict[str, Any] = {"either": tuple(dict.fromkeys((*parties, *way.far))) if parties else ()}
    if way.far:
        said["confidence"], detail = Confidence.LOW, f"{detail}; measured with one server only"
    if way.proxy:
        past = f"{detail}; calls that do not go through the proxy may do better"
        return said | {"remedy": REMEDY_PROXY.format(proxy=way.proxy), "detail": past}
    line = REMEDY_VPN if Owner.COMPANY in way.behind else SLOW_LINE
    return said | {"remedy": ONE_SERVER if way.far else line, "detail": detail}


def together(findings: Sequence[Finding]) -> list[Finding]:
    """One finding for both directions where both are well; otherwise each for itself."""
    if len(findings) < 2 or any(found.status is not Status.PASS for found in findings):
        return list(findings)
    return [
        passed(
            SPEED,
            "; ".join(found.summary for found in findings),
            detail="; ".join(f"{found.code.partition('.')[2]} {found.detail}" for found in findings),
        )
    ]


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def mbit(bits_per_s: float) -> str:
    """Mbit/s for reading: 0.04, 3.1, 48."""
    value = bits_per_s / 1e6
    return number(value, 1 if value >= 1 else 2)


def _shown(rate: Throughput) -> str:
    return f"at least {mbit(rate.low)}" if rate.is_floor else mbit(rate.bits_per_s)


def _how_ended(rate: Throughput) -> str:
    ends = {
        "rule": "settled",
        "data": "ended by the data allowance before it settled",
        "time": "not settled when its time was up",
    }
    return f"{ends[rate.stopped_by]} after {rate.seconds:.1f} s and {rate.bytes / 1e6:.1f} MB"


def _why_unsure(rate: Throughput) -> str:
    if rate.stopped_by == "data":
        return "the data allowance ended the measurement before it was sure"
    if rate.stopped_by == "time" and rate.is_floor:
        return "its time was up before it was sure"
    return "the line was too unsteady to tell"
