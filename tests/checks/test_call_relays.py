"""TURN relays as call_path tells of them: ways, media through them, and never a verdict."""

import asyncio
from typing import Any

import msgspec
import pytest

from readycheck.api import Meter, Status
from readycheck.errors import NameUnknown, Where
from readycheck.model import Fact, Measurement
from readycheck.testing import FakeNet, FakeSecrets, fake_context, run_check
from readycheck_checks.call_path import CallPathOptions, check
from readycheck_checks.calls.relays import Preference, TurnRelay, bytes_of, relays, seconds_of
from readycheck_checks.calls.until import Until
from tests.unit.measure.loopback import unused_port
from tests.unit.measure.nat.turn_server import PASSWORD, USER, Relay, turn_server

LIVEKIT = Preference(percent=1, source="LiveKit", checked="2026-11-22")
HOST = "relay.example"


def told(
    relay: Relay,
    *,
    user: str = "",
    secret: str = "relay",
    udp: bool = True,
    quick: bool = True,
    within_s: float = 60.0,
) -> tuple[dict[str, Fact], dict[str, Measurement], int]:
    async def run() -> tuple[dict[str, Fact], dict[str, Measurement], int]:
        async with turn_server(relay, udp=udp) as port:
            meter = Meter()
            wanted = TurnRelay(at=f"{HOST}:{port}", user=user, password_secret="relay" if user else "")
            ctx = fake_context(
                net=FakeNet(names={HOST: ("::1", "127.0.0.1")}),
                secrets=FakeSecrets({secret: PASSWORD}),
                meter=meter,
                quick=quick,
            )
            said = [each async for each in relays([wanted], LIVEKIT, ctx, Until.after(ctx, within_s))]
            facts = {each.name: each for each in said if isinstance(each, Fact)}
            return facts, {each.name: each for each in said if isinstance(each, Measurement)}, meter.used

    return asyncio.run(run())


def test_without_an_account_the_ways_are_told_and_nothing_else() -> None:
    facts, figures, used = told(Relay())
    assert set(facts) == {"relay_ways"}
    assert facts["relay_ways"].value.startswith(f"{HOST}:")
    assert facts["relay_ways"].value.count(" ms") == 2
    assert figures == {}
    assert 0 < used <= bytes_of([TurnRelay(at=f"{HOST}:3478")], quick=True)


def test_with_an_account_media_over_udp_is_set_beside_media_over_tcp() -> None:
    facts, figures, used = told(Relay(), user=USER)
    assert {name for name in figures if name.endswith("_loss")} == {"relay_udp_loss", "relay_tcp_loss"}
    assert figures["relay_udp_loss"].value == 0
    assert figures["relay_udp_rtt"].value > 0
    assert "50 packets" in figures["relay_tcp_jitter"].method
    assert facts["relay_better"].value.startswith(
        "UDP: UDP loses 0.0 % more than TCP (95 %: -7.1 to 7.1; LiveKit"
    )
    account = TurnRelay(at=f"{HOST}:3478", user=USER, password_secret="relay")
    assert 2 * 50 * 320 < used <= bytes_of([account], quick=True)


def test_udp_that_loses_more_than_tcp_is_told_as_the_worse_way() -> None:
    facts, figures, _ = told(Relay(loses=5), user=USER)
    assert facts["relay_better"].value.startswith("TCP: UDP loses 20.0 % more than TCP")
    assert (figures["relay_udp_loss"].value, figures["relay_tcp_loss"].value) == (20.0, 0.0)


def test_what_a_few_lost_packets_do_not_prove_is_not_told_as_the_better_way() -> None:
    facts, figures, _ = told(Relay(loses=25), user=USER)
    assert figures["relay_udp_loss"].value == 4.0  # above the rule's 1 %, by two packets
    assert facts["relay_better"].value.startswith("not sure, 50 packets are too few: UDP loses 4.0 % more")


def test_without_time_left_media_is_not_tried_and_without_more_no_way() -> None:
    facts, figures, _ = told(Relay(), user=USER, within_s=8.0)
    assert "no time" in facts["relay_troubles"].value
    assert figures == {}
    facts, _, used = told(Relay(), user=USER, within_s=1.0)
    assert "no time" in facts["relay_ways"].value
    assert used == 0


def test_where_udp_is_silent_media_goes_over_tcp_alone() -> None:
    facts, figures, _ = told(Relay(), user=USER, udp=False)
    assert "UDP" in facts["relay_ways"].value
    assert "did not answer" in facts["relay_ways"].value
    assert set(figures) == {"relay_tcp_rtt", "relay_tcp_jitter", "relay_tcp_loss"}
    assert "relay_better" not in facts


def test_without_the_secret_the_ways_are_proved_all_the_same() -> None:
    facts, figures, _ = told(Relay(), user=USER, secret="another one")
    assert set(facts) == {"relay_ways"}
    assert figures == {}


def test_an_account_that_is_refused_is_told_with_the_relays_answer() -> None:
    facts, figures, _ = told(Relay(), user="somebody")
    assert "error 401" in facts["relay_troubles"].value
    assert figures == {}


def test_a_relay_whose_name_is_unknown_is_told_and_asked_nothing() -> None:
    async def run() -> list[Any]:
        net = FakeNet(names={HOST: NameUnknown(Where(host=HOST))})
        ctx = fake_context(net=net)
        wanted = [TurnRelay(at=f"{HOST}:3478")]
        return [each async for each in relays(wanted, None, ctx, Until.after(ctx, 60.0))]

    (fact,) = asyncio.run(run())
    assert fact.value == f"{HOST}:3478 is not a known name"


def test_ways_that_are_shut_are_no_verdict() -> None:
    """Whether UDP is blocked is judged with controls, elsewhere."""
    options = CallPathOptions(turn=(TurnRelay(at=f"127.0.0.1:{unused_port()}"),), packets=0)
    result = asyncio.run(run_check(check, options))
    assert {found.status for found in result.findings} == {Status.UNKNOWN}
    assert [each.value for each in result.facts if each.name == "relay_ways"]


def test_the_profile_names_a_relay_with_where_it_takes_tls_and_the_name_of_its_secret() -> None:
    table = {"at": "turn.corp.test:3478", "tls": "turn.corp.test:443", "user": "anna", "password_secret": "t"}
    options = msgspec.convert({"turn": [table]}, CallPathOptions)
    assert options.all_relays == ("turn.corp.test:3478",)
    assert bytes_of(options.turn, quick=True) < bytes_of(options.turn, quick=False)
    assert seconds_of(options.turn) > seconds_of(()) == 0


@pytest.mark.parametrize(
    "wrong", [{}, {"at": "turn.corp.test"}, {"at": "a:1", "tls": "b:99999"}, {"at": "a:1", "x": 1}]
)
def test_a_mistake_in_the_table_of_a_relay_is_one(wrong: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"turn": [wrong]}, CallPathOptions)
