"""Media through a relay, with an account: what comes back is counted, what does not has its reason."""

import asyncio
import threading

import pytest
from aioice import stun as ice

from readycheck.errors import Garbled, Refused, Silent
from readycheck.measure.nat import relayed
from readycheck.measure.nat.relay import Rung
from readycheck.measure.nat.relayed import Account, Carried, RelayStream, carry, excess_loss, most_bytes
from readycheck.measure.statistics import loss_interval
from readycheck.measure.transport.endpoint import Endpoint
from tests.unit.measure.nat.turn_server import PASSWORD, RELAYED, USER, Relay, turn_server

ANNA = Account(user=USER, password=PASSWORD)


def carried(
    relay: Relay, *, udp: bool = True, count: int = 20, account: Account = ANNA
) -> tuple[Carried, set[str]]:
    """And the tasks that are left afterwards."""

    async def one() -> tuple[Carried, set[str]]:
        async with turn_server(relay) as port:
            endpoint = Endpoint(address="127.0.0.1", port=port, host="relay.example")
            before = {task.get_name() for task in asyncio.all_tasks()}
            told = await carry(Rung(endpoint=endpoint, udp=udp), account, count=count)
            await asyncio.sleep(0.01)
            served = {t.get_name() for t in asyncio.all_tasks() if "serve" in str(t.get_coro())}
            return told, {task.get_name() for task in asyncio.all_tasks()} - before - served

    return asyncio.run(one())


@pytest.mark.parametrize("udp", [True, False])
def test_a_stream_comes_back_and_the_address_is_given_back(udp: bool) -> None:
    relay = Relay()
    told, left = carried(relay, udp=udp)
    assert (told.error, told.relayed) == (None, RELAYED)
    assert told.stream is not None
    assert (told.stream.sent, told.stream.received, told.stream.loss) == (20, 20, 0.0)
    assert 0 < told.stream.rtt_p50_ms <= told.stream.rtt_p95_ms
    assert relay.heard[-1] == (ice.Method.REFRESH, 0)
    assert 20 * 2 * 160 < told.bytes <= most_bytes(20)
    assert left == set()
    assert threading.active_count() == 1 or all(t.daemon for t in threading.enumerate()[1:])


def test_lost_packets_are_counted() -> None:
    told, _ = carried(Relay(loses=4), count=39)  # and one before, which binds the channel
    assert told.stream is not None
    assert (told.stream.sent, told.stream.received) == (39, 29)
    assert told.stream.loss == pytest.approx(10 / 39)
    assert told.stream.loss_low < told.stream.loss < told.stream.loss_high


def test_without_packets_only_the_address_is_proved() -> None:
    told, _ = carried(Relay(), count=0)
    assert (told.relayed, told.stream, told.error) == (RELAYED, None, None)


def test_a_wrong_password_is_refused_and_is_not_in_the_words() -> None:
    told, left = carried(Relay(), account=Account(user=USER, password="tiger"))
    assert isinstance(told.error, Refused)
    assert "401" in str(told.error)
    assert "tiger" not in f"{told} {Account(user=USER, password='tiger')}"
    assert left == set()


def test_a_relay_that_forbids_its_own_address_as_a_peer_gives_an_address_and_no_stream() -> None:
    told, _ = carried(Relay(forbids=True))
    assert (told.relayed, told.stream) == (RELAYED, None)
    assert isinstance(told.error, Refused)
    assert "403" in str(told.error)


@pytest.mark.parametrize("udp", [True, False])
def test_a_relay_that_falls_silent_ends_in_time(udp: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relayed, "TIMEOUT_S", 0.5)
    told, left = carried(Relay(mute=True), udp=udp)
    assert told.relayed == RELAYED
    assert isinstance(told.error, Silent)
    assert left == set()


@pytest.mark.parametrize("lacks", ["XOR-RELAYED-ADDRESS", "LIFETIME"])
@pytest.mark.parametrize("udp", [True, False])
def test_an_answer_without_what_belongs_in_it_is_garbled(lacks: str, udp: bool) -> None:
    told, left = carried(Relay(leaves_out=(lacks,)), udp=udp)
    assert isinstance(told.error, Garbled)
    assert left == set()


@pytest.mark.parametrize("udp", [True, False])
def test_an_answer_that_cannot_be_unpacked_is_none(
    udp: bool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(relayed, "TIMEOUT_S", 0.3)
    told, left = carried(Relay(open_to_all=True, short=True), udp=udp)
    assert isinstance(told.error, Silent)
    assert (left, caplog.messages) == (set(), [])


def lost(share: float, sent: int = 100) -> RelayStream:
    bounds = loss_interval(round(share * sent), sent)
    return RelayStream(
        sent=sent, received=round((1 - share) * sent), rtt_p50_ms=1, rtt_p95_ms=1, jitter_ms=None, loss=share,
        loss_low=bounds.low, loss_high=bounds.high,
    )  # fmt: skip


def test_how_much_more_udp_loses_is_a_difference_with_bounds() -> None:
    some = excess_loss(lost(0.03), lost(0.01))
    assert some.low < 0 < 0.02 < some.high
    assert excess_loss(lost(0.2), lost(0.0)).low > 0.1
    assert excess_loss(lost(0.0), lost(0.2)).high < -0.1


def test_losses_in_one_burst_prove_less_than_losses_at_random() -> None:
    def through(relay: Relay) -> RelayStream:
        told, _ = carried(relay, count=39)
        assert told.stream is not None
        return told.stream

    scattered, burst = through(Relay(loses=4)), through(Relay(hole=range(10, 20)))
    assert scattered.loss == burst.loss
    assert burst.loss_low < scattered.loss_low
