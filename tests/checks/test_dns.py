import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import dns.rcode
import msgspec
import pytest

from readycheck.errors import NameRefused, NameSilent
from readycheck.model import CheckResult, Owner, Status
from readycheck.ports import Interface
from readycheck.testing import FakeClock, FakeHttp, FakeNet, FakeSystem, NameUnknown, Where, run_check
from readycheck_checks.dns import DnsOptions, check
from tests.checks.connection_listeners import real_world
from tests.checks.name_servers import Said, name_server

NAMES = ("www.one.example", "www.two.example", "www.three.example")
OPTIONS = DnsOptions(names=NAMES)
ADDRESS = ("192.0.2.10",)
EACH_ITS_OWN: dict[str, tuple[str, ...]] = {name: (f"192.0.2.{n}",) for n, name in enumerate(NAMES, start=1)}
PROXY = {"https://www.example.org/": "http://proxy.corp.example:8080"}


@dataclass
class SlowNet(FakeNet):
    """Every lookup takes this long on the fake clock."""

    clock: FakeClock | None = None
    each_s: float = 0.0

    async def resolve(self, host: str, *, timeout_s: float = 5.0) -> tuple[str, ...]:
        assert self.clock is not None
        await self.clock.sleep(self.each_s)
        return await super().resolve(host, timeout_s=timeout_s)


def asked(names: dict[str, Any], options: DnsOptions = OPTIONS, **world: Any) -> CheckResult:
    return asyncio.run(run_check(check, options, net=FakeNet(names=names), **world))


def everything(error: type[Exception]) -> dict[str, Any]:
    return {name: error(Where(host=name)) for name in NAMES}


def codes(outcome: CheckResult) -> list[str]:
    return [finding.code for finding in outcome.findings]


def test_names_that_are_all_found_pass_with_their_time() -> None:
    outcome = asked(EACH_ITS_OWN)
    assert outcome.status is Status.PASS
    assert outcome.measurements[0].name == "dns_time"
    assert outcome.measurements[0].source


@pytest.mark.parametrize("error", [NameSilent, NameRefused])
def test_no_answer_of_use_for_any_name_is_a_broken_name_server(error: type[Exception]) -> None:
    outcome = asked(everything(error))
    assert (outcome.status, codes(outcome)) == (Status.FAIL, ["connection.dns_broken"])


def test_well_known_names_that_are_all_unknown_are_a_wrong_name_server() -> None:
    assert codes(asked(everything(NameUnknown))) == ["connection.dns_wrong"]


@pytest.mark.parametrize("error", [NameSilent, NameUnknown])
def test_where_the_proxy_looks_names_up_unknown_names_prove_nothing(error: type[Exception]) -> None:
    net = FakeNet(names=everything(error), ports={("proxy.corp.example", 8080): 5.0})
    outcome = asyncio.run(run_check(check, OPTIONS, net=net, http=FakeHttp(proxies=PROXY)))
    assert (outcome.status, codes(outcome)) == (Status.SKIP, ["connection.dns_by_proxy"])


def test_a_proxy_whose_own_name_is_not_found_does_not_excuse_the_name_server() -> None:
    names = everything(NameSilent) | {"proxy.corp.example": NameSilent(Where(host="proxy.corp.example"))}
    assert asked(names, http=FakeHttp(proxies=PROXY)).status is Status.FAIL


def test_a_proxy_set_by_address_that_does_not_answer_does_not_excuse_the_name_server() -> None:
    http = FakeHttp(proxies={"https://www.example.org/": "http://192.0.2.99:8080"})
    assert codes(asked(everything(NameSilent), http=http)) == ["connection.dns_broken"]


def test_some_names_missing_is_a_warning_that_names_them() -> None:
    outcome = asked(EACH_ITS_OWN | {NAMES[2]: NameSilent(Where(host=NAMES[2]))})
    assert (outcome.status, codes(outcome)) == (Status.WARN, ["connection.dns_partial"])
    assert NAMES[2] in outcome.summary


@pytest.mark.parametrize(("each_s", "status"), [(0.05, Status.PASS), (0.3, Status.WARN), (3.5, Status.FAIL)])
def test_slow_lookups_are_judged_by_their_median(each_s: float, status: Status) -> None:
    clock = FakeClock()
    net = SlowNet(names=dict(EACH_ITS_OWN), clock=clock, each_s=each_s)
    options = DnsOptions(names=NAMES, plan_ms=200, fail_ms=3_000)
    assert asyncio.run(run_check(check, options, net=net, clock=clock)).status is status


def real(answer: Callable[[str], Said], options: DnsOptions) -> CheckResult:
    with name_server(answer) as server:
        world = real_world(resolver=server) | {"resolver": server, "system": FakeSystem()}
        return asyncio.run(run_check(check, options, **world))


def known(name: str) -> Said:
    """Each name its own address."""
    return dns.rcode.NOERROR, f"192.0.2.{NAMES.index(name) + 1 if name in NAMES else 99}"


def test_a_real_name_server_that_answers_every_name_is_caught_inventing() -> None:
    options = DnsOptions(names=NAMES[:2], hijack_zone="one.example")
    outcome = real(lambda name: known(name) if name in NAMES else (dns.rcode.NOERROR, "192.0.2.80"), options)
    assert outcome.status is Status.WARN
    assert codes(outcome) == ["connection.dns", "connection.dns_hijack"]
    assert outcome.findings[1].either == (Owner.COMPANY, Owner.ISP)  # the company's profile names it


def test_one_random_name_that_exists_by_chance_is_not_called_an_invention() -> None:
    random_names: list[str] = []

    def every_second(name: str) -> tuple[int, str | None]:
        if name not in NAMES and name not in random_names:
            random_names.append(name)
        found = name in NAMES or random_names.index(name) == 0
        return known(name) if found else (dns.rcode.NXDOMAIN, None)

    outcome = real(every_second, DnsOptions(names=NAMES[:2], hijack_zone="one.example"))
    assert len(random_names) == 2
    assert outcome.status is Status.PASS


def test_a_real_name_server_that_knows_its_names_passes() -> None:
    options = DnsOptions(names=NAMES[:2], hijack_zone="one.example")
    outcome = real(lambda name: known(name) if name in NAMES else (dns.rcode.NXDOMAIN, None), options)
    assert (outcome.status, codes(outcome)) == (Status.PASS, ["connection.dns"])


def test_a_real_name_server_that_answers_servfail_is_broken() -> None:
    outcome = real(lambda name: (dns.rcode.SERVFAIL, None), DnsOptions(names=NAMES[:2]))
    assert codes(outcome) == ["connection.dns_broken"]


def test_limits_in_the_wrong_order_are_refused_by_name() -> None:
    with pytest.raises(msgspec.ValidationError, match="fail_ms"):
        msgspec.convert({"names": NAMES[:2], "plan_ms": 500, "fail_ms": 100}, DnsOptions)


@pytest.mark.parametrize("error", [NameSilent, NameUnknown])
def test_a_name_server_behind_a_vpn_is_no_matter_of_the_home_router(error: type[Exception]) -> None:
    tunnel = Interface(name="tun0", kind="tunnel", up=True, addresses=("10.8.0.2",), mtu=1400)
    system = FakeSystem(network=(tunnel,), resolvers=("10.20.0.53",))
    net = FakeNet(names=everything(error), sources={"10.20.0.53": "10.8.0.2"})
    outcome = asyncio.run(run_check(check, OPTIONS, net=net, system=system))
    assert (outcome.status, codes(outcome)) == (Status.FAIL, ["connection.dns_vpn"])
    assert Owner.HOME not in (outcome.findings[0].owner, *outcome.findings[0].either)


def test_random_names_are_asked_as_they_stand_and_not_under_a_search_domain() -> None:
    asked_for: list[str] = []

    class Listening(FakeNet):
        async def resolve(self, host: str, *, timeout_s: float = 5.0) -> tuple[str, ...]:
            asked_for.append(host)
            return await super().resolve(host, timeout_s=timeout_s)

    options = DnsOptions(names=NAMES, hijack_zone="one.example")
    asyncio.run(run_check(check, options, net=Listening(names=dict(EACH_ITS_OWN))))
    assert [name.endswith(".one.example.") for name in asked_for[len(NAMES) :]] == [True, True]
