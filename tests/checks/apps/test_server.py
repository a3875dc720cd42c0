"""How a conversation that did not come about is looked at more closely, whatever the protocol."""

import asyncio

import pytest

from readycheck.api import Closed, NetError, Silent, TlsFailed, Where
from readycheck.testing import FakeNet, FakeStream, fake_context
from readycheck_checks.asking.controls import Controls
from readycheck_checks.asking.endpoints import Endpoint
from readycheck_checks.blame.trouble import Beside
from readycheck_checks.conversation.server import GREETING, REQUEST, TLS, look_closer

WHERE = Endpoint("login.example", 443)
AT = Where(host=WHERE.host, port=WHERE.port)
NO_HANDSHAKE = TlsFailed(AT, reason="handshake")


def error_of(net: FakeNet, step: str, error: NetError) -> NetError:
    return asyncio.run(look_closer(fake_context(net=net), WHERE, step, error, Beside(), Controls())).error


@pytest.mark.parametrize(("again", "expected"), [(Closed(AT), Closed), (NO_HANDSHAKE, TlsFailed)])
def test_a_connection_that_is_cut_in_a_handshake_is_told_apart_from_one_without_tls(
    again: NetError, expected: type[NetError]
) -> None:
    assert isinstance(error_of(FakeNet(certificates={WHERE.host: again}), "answer", NO_HANDSHAKE), expected)


@pytest.mark.parametrize(
    ("step", "expected"),
    [(REQUEST, "Garbled"), (GREETING, "Garbled"), (TLS, "TlsFailed"), ("answer", "Silent")],
)
def test_what_speaks_out_of_turn_is_no_server_that_is_silent(step: str, expected: str) -> None:
    net = FakeNet(streams={(WHERE.host, WHERE.port): FakeStream(lines=[b"\x8f\x02\x11\xfe"])})
    assert type(error_of(net, step, Silent(AT))).__name__ == expected
