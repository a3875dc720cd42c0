"""How a host behaved, as one word."""

import pytest

from readycheck.errors import (
    Closed,
    NameSilent,
    NetError,
    NoRoute,
    NotAllowed,
    Refused,
    Silent,
    TlsFailed,
    Where,
)
from readycheck_checks.asking.replies import Reply, reply_of
from readycheck_checks.shares.outcome import What, what_of
from readycheck_checks.vpn.gateway_verdict import unheard
from readycheck_checks.vpn.probe import Probe

WHERE = Where(host="files.corp")


@pytest.mark.parametrize(
    ("trouble", "reply"),
    [
        (NotAllowed(WHERE), Reply.NOT_ALLOWED),
        (NoRoute(WHERE), Reply.NO_ROUTE),
        (Refused(WHERE), Reply.REFUSED),
        (Closed(WHERE), Reply.CLOSED),
        (NameSilent(WHERE), Reply.NAME_TROUBLE),
        (Silent(WHERE), Reply.SILENT),
        (TlsFailed(WHERE, reason="untrusted"), Reply.SILENT),
    ],
)
def test_what_this_computer_keeps_back_is_told_from_what_nobody_leads_to(
    trouble: NetError, reply: Reply
) -> None:
    assert reply_of(trouble) is reply


def test_what_is_kept_back_is_no_silence_of_a_file_server() -> None:
    assert what_of(NotAllowed(WHERE)) is What.NO_ROUTE


def test_it_is_followed_to_where_it_ends_when_a_gateway_does_not_answer() -> None:
    probe = Probe(protocol="udp", port=500, reply=Reply.NOT_ALLOWED)
    assert unheard([probe, Probe(protocol="tcp", port=443, reply=Reply.ANSWERED)]) == (probe,)
