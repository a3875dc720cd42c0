import asyncio
import struct

import pytest

from readycheck.api import TcpAnswer
from readycheck.testing import FakeNet
from readycheck_checks.asking import controls
from readycheck_checks.asking.controls import Control, Controls
from readycheck_checks.asking.endpoints import Endpoint, endpoint
from tests.checks.connection_listeners import LOOPBACK, closed_port, real_world, tcp_listener, udp_server


def stun_error(request: bytes) -> bytes:
    return struct.pack("!HHI", 0x0111, 0, 0x2112A442) + request[8:20]


def test_a_stun_server_that_answers_with_an_error_vouches_for_udp_all_the_same() -> None:
    with udp_server(stun_error) as stun, tcp_listener() as other:
        asked = asyncio.run(
            controls.ask(
                real_world()["net"],
                udp=(f"{LOOPBACK}:{stun}",),
                tcp=(f"{LOOPBACK}:{other}", f"{LOOPBACK}:{closed_port()}"),
            )
        )
    assert (asked.answered("udp"), asked.answered("tcp"), asked.answered("udp", "tcp")) == (1, 1, 2)
    assert not asked.all_silent("tcp")


def test_an_echo_of_the_request_is_no_answer() -> None:
    with udp_server(lambda data: data) as echo:
        asked = asyncio.run(controls.ask(real_world()["net"], udp=(f"{LOOPBACK}:{echo}",)))
    assert asked.all_silent("udp")


def test_no_controls_vouch_for_nothing_and_are_not_silent_either() -> None:
    nobody = Controls()
    assert nobody.answered("udp", "tcp") == 0
    assert not nobody.all_silent("udp")
    assert str(nobody) == "no control was asked"


def test_controls_say_what_they_did() -> None:
    asked = Controls((Control(protocol="udp", where=Endpoint("2001:db8::1", 3478), answered=False),))
    assert str(asked) == "[2001:db8::1]:3478 (UDP) was silent"


class AtOnce(FakeNet):
    """Its hosts answer as soon as somebody else is asked as well."""

    def __init__(self) -> None:
        super().__init__(ports={("control.example", 443): 5.0})
        self.asked, self.other = asyncio.Event(), asyncio.Event()

    async def tcp(self, host: str, port: int, *, timeout_s: float = 4.0) -> TcpAnswer:
        self.asked.set()
        await asyncio.wait_for(self.other.wait(), 10)
        return await super().tcp(host, port, timeout_s=timeout_s)


def test_a_silence_is_weighed_at_the_moment_of_a_second_try() -> None:
    async def weighed() -> tuple[str, Controls]:
        net = AtOnce()

        async def again() -> str:
            net.other.set()
            await asyncio.wait_for(net.asked.wait(), 10)
            return "second"

        return await controls.once_more(net, "first", again, silent=True, tcp=("control.example:443",))

    came, asked = asyncio.run(weighed())
    assert (came, asked.answered("tcp")) == ("second", 1)


def test_what_was_no_silence_counts_at_once_and_nobody_else_is_asked() -> None:
    async def again() -> str:
        raise AssertionError("a second try")

    net = AtOnce()
    told = asyncio.run(controls.once_more(net, "first", again, silent=False, tcp=("control.example:443",)))
    assert told == ("first", Controls()) and not net.asked.is_set()


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [("vpn.example:443", "vpn.example", 443), ("[::1]:53", "::1", 53), ("192.0.2.1:1", "192.0.2.1", 1)],
)
def test_endpoints_are_read(text: str, host: str, port: int) -> None:
    assert endpoint(text) == Endpoint(host, port)
    assert str(endpoint(text)) == text


@pytest.mark.parametrize("text", ["vpn.example", ":443", "::1:443", "a:0", "a:65536", "a:x", "a:４"])
def test_what_is_no_endpoint_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="host and port"):
        endpoint(text)
