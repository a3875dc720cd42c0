"""Fakes and run_check(): what a check author tests with. Public and stable, like readycheck.api.

    result = await run_check(check, Options(host="portal.example"), net=FakeNet(tcp={("portal.example", 443): 20.0}))
    assert result.status is Status.FAIL

A fake answers what it was given and raises the NetError it was given; anything else is Silent, as in life.
"""

from typing import Any

from readycheck.api import Check, Context, Meter, Options
from readycheck.errors import NameUnknown, NoRoute, Silent, Where
from readycheck.model import CheckResult, ContactCard
from readycheck.run.engine import collect
from readycheck.testing.http import FakeHttp, http_answer
from readycheck.testing.net import ADDRESS, FakeNet, FakeStream, tls_answer
from readycheck.testing.surroundings import FakeChildren, FakeClock, FakeSecrets
from readycheck.testing.system import FakeSystem

__all__ = [
    "ADDRESS",
    "FakeChildren",
    "FakeClock",
    "FakeHttp",
    "FakeNet",
    "FakeSecrets",
    "FakeStream",
    "FakeSystem",
    "NameUnknown",
    "NoRoute",
    "Silent",
    "Where",
    "fake_context",
    "http_answer",
    "run_check",
    "tls_answer",
]


def fake_context(**world: Any) -> Context:
    """A Context of fakes; any of its fields can be given."""
    parts: dict[str, Any] = {
        "net": FakeNet(),
        "http": FakeHttp(),
        "system": FakeSystem(),
        "clock": FakeClock(),
        "children": FakeChildren(),
        "secrets": FakeSecrets(),
        "meter": Meter(),
        "contact": ContactCard(),
    }
    return Context(**(parts | world))


async def run_check(check: Check, options: Options | None = None, **world: Any) -> CheckResult:
    """Run one check against fakes (or against what you hand in) and return its result, as the engine would see it."""
    return await collect(check, options if options is not None else check.options(), fake_context(**world))
