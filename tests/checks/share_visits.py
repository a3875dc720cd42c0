"""Visits to shares for the tests of the share check: real adapters, and what a result says."""

import asyncio
import getpass
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from readycheck.adapters.children import RealChildren
from readycheck.adapters.http import RealHttp
from readycheck.adapters.net import RealNet
from readycheck.adapters.tls import verifying_context
from readycheck.api import Meter
from readycheck.model import CheckResult, Owner, Status
from readycheck.testing import FakeChildren, FakeClock, FakeSecrets, run_check
from readycheck_checks import share
from readycheck_checks.share import check
from readycheck_checks.shares import webdav as webdav_visit
from readycheck_checks.shares.options import ShareOptions
from tests.checks.connection_listeners import LOOPBACK
from tests.checks.file_servers import PASSWORD, USER

RATE: dict[str, Any] = {"read_file": "large.bin", "rate_plan_mbps": 5.0, "rate_fail_mbps": 1.0}


def fill(folder: Path) -> Path:
    """A folder to share: two files and a folder."""
    (folder / "plans & ideas").mkdir(parents=True)
    (folder / "welcome.txt").write_text("Welcome")
    (folder / "large.bin").write_bytes(bytes(1_500_000))
    return folder


def be_impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same waits, shorter."""
    monkeypatch.setattr(share, "PORT_WAIT_S", 0.5)
    monkeypatch.setattr(webdav_visit, "ANSWER_S", 1.5)


def visit_webdav(
    port: int,
    path: str = "team",
    *,
    scheme: str = "http",
    host: str = LOOPBACK,
    ca_file: str = "",
    **more: Any,
) -> CheckResult:
    """``more``: options of the check, and what _visit() takes."""
    return _visit(f"{scheme}://{host}:{port}/{path}", user=USER, ca_file=ca_file, **more)


def visit_smb(port: int, path: str = "team%20drive", **more: Any) -> CheckResult:
    """As the user who runs the tests, whom smbd() knows."""
    return _visit(f"smb://{LOOPBACK}:{port}/{path}", **({"user": getpass.getuser()} | more))


def visit_sftp(port: int, path: str = "", **more: Any) -> CheckResult:
    """As USER, with the password or with what ``more`` says."""
    return _visit(f"sftp://{LOOPBACK}:{port}/{path}", user=USER, **more)


def visit_nfs(port: int, path: str = "archive", **more: Any) -> CheckResult:
    """As whoever runs the tests, by number."""
    return _visit(f"nfs://{LOOPBACK}:{port}/{path}", **({"sign_in": "system", "password_secret": ""} | more))


def _visit(
    url: str,
    *,
    password: str | None = PASSWORD,
    children: RealChildren | FakeChildren | None = None,
    meter: Meter | None = None,
    quick: bool = False,
    ca_file: str = "",
    later_s: float = 0.0,
    line: AbstractAsyncContextManager[None] | None = None,
    **options: Any,
) -> CheckResult:
    meter = meter or Meter()
    net = RealNet(meter, context=verifying_context(ca_file) if ca_file else None)
    return asyncio.run(
        run_check(
            check,
            ShareOptions(**({"title": "Team files", "password_secret": "team"} | options), url=url),
            net=net,
            http=RealHttp(net, meter),
            children=children or RealChildren(),
            secrets=FakeSecrets({} if password is None else {"team": password}),
            clock=FakeClock(moment=FakeClock().moment + timedelta(seconds=later_s)),
            meter=meter,
            quick=quick,
            line=line or nullcontext(),
        )
    )


def codes(result: CheckResult) -> list[str]:
    return [finding.code for finding in result.findings]


def deciding(result: CheckResult) -> tuple[Status, str, Owner]:
    """Status, code and owner of the finding that decides."""
    finding = next(finding for finding in result.findings if finding.status is result.status)
    return result.status, finding.code, finding.owner


def facts(result: CheckResult) -> dict[str, str]:
    return {fact.name: fact.value for fact in result.facts}
