"""Speed servers on loopback, and the check of bandwidth run against them."""

import asyncio
from typing import Any

from readycheck.adapters.net import RealNet
from readycheck.api import (
    Meter,
)
from readycheck.model import CheckResult
from readycheck.testing import run_check
from readycheck_checks.bandwidth import BandwidthOptions, check
from readycheck_checks.calls.limits import Need
from readycheck_checks.calls.servers import SpeedServer
from tests.unit.measure.loopback import Request, Talk, http, tcp_listener

MEETING = Need(
    title="a meeting",
    down_plan_mbps=4.0,
    down_fail_mbps=1.0,
    up_plan_mbps=2.5,
    up_fail_mbps=0.8,
    source="Example vendor",
    checked="2026-11-21",
)


def librespeed(port: int, **changes: Any) -> SpeedServer:
    return SpeedServer(**({"kind": "librespeed", "url": f"http://127.0.0.1:{port}/"} | changes))


def by_connecting(port: int) -> SpeedServer:
    """The same server, without a page for round-trip times."""
    base = f"http://127.0.0.1:{port}"
    return SpeedServer(
        kind="http", download_url=f"{base}/garbage.php?ckSize={{mib}}", upload_url=f"{base}/empty.php"
    )


def options(*servers: SpeedServer, **changes: Any) -> BandwidthOptions:
    named = {f"server{number}": server for number, server in enumerate(servers)}
    usual: dict[str, Any] = {
        "use": tuple(named),
        "servers": named,
        "calls": ("meeting",),
        "needs": {"meeting": MEETING},
    }
    return BandwidthOptions(**(usual | changes))


def measure(talk: Talk, *, quick: bool = False, limit: int | None = None, **changes: Any) -> CheckResult:
    """Run the check against a listener on loopback, through the real network adapter."""

    with tcp_listener(talk) as port:
        return through(librespeed(port), quick=quick, limit=limit, **changes)


def through(
    *servers: SpeedServer, quick: bool = False, limit: int | None = None, **changes: Any
) -> CheckResult:
    async def run() -> CheckResult:
        meter = Meter(limit=limit)
        wanted = options(*servers, **changes)
        return await run_check(check, wanted, net=RealNet(meter), meter=meter, quick=quick)

    return asyncio.run(run())


def values(result: CheckResult) -> dict[str, float]:
    return {m.name: m.value for m in result.measurements}


def broken(status: int) -> Talk:
    def answer(request: Request) -> None:
        if request.target == "/empty.php" and request.method == "GET":
            return request.reply(200)
        return request.reply(status)

    return http(answer)


def said(result: CheckResult) -> str:
    return next(str(each.value) for each in result.facts if each.name == "speed_server")
