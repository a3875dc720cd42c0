"""The rules that all checks have in common: whose a certificate, a name and a port are that give no conversation."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from readycheck.api import Blame, Closed, Garbled, Interface, NoRoute, Refused
from readycheck.diagnose.certificates import ELSE, SEE_CLOCK
from readycheck.errors import NameUnknown, NetError, Silent, TlsFailed
from readycheck.model import Confidence, Owner
from readycheck.ports import TlsAnswer
from readycheck.testing import FakeHttp, FakeNet, FakeSystem, Where, fake_context, http_answer, tls_answer
from readycheck_checks.asking.endpoints import Endpoint
from readycheck_checks.blame import trouble
from readycheck_checks.blame.certificates import judge_certificate
from readycheck_checks.blame.lost_names import judge_lost_name, require_addresses
from readycheck_checks.blame.trouble import Beside, Looked, look_into
from readycheck_checks.names.around import Around, Asked, Place, Reply
from readycheck_checks.names.message import Question
from tests.checks.opinions import NAME_SERVERS, said_by

HOST = "server.example"
WHERE = Where(host=HOST)
THERE = Endpoint(HOST, 443)
CONTROL = ("control.example:443",)
TALKS: dict[str, Any] = {"control.example": tls_answer("control.example")}


def failing(reason: str) -> TlsFailed:
    return TlsFailed(WHERE, reason=reason)


# ---- Certificates ----


@pytest.mark.parametrize(
    ("reason", "beside", "owner", "everybody"),
    [
        ("expired", None, Owner.UNKNOWN, False),
        ("expired", Silent(WHERE), Owner.UNKNOWN, False),
        ("expired", tls_answer(), Owner.UNKNOWN, False),
        ("expired", failing("expired"), Owner.DEVICE, True),
        ("expired", failing("not_yet_valid"), Owner.UNKNOWN, False),
        ("expired", failing("untrusted"), Owner.UNKNOWN, False),
        ("not_yet_valid", None, Owner.UNKNOWN, False),
        ("not_yet_valid", tls_answer(), Owner.UNKNOWN, False),
        ("not_yet_valid", failing("not_yet_valid"), Owner.DEVICE, True),
        ("untrusted", tls_answer(), Owner.UNKNOWN, False),
        ("untrusted", failing("untrusted"), Owner.UNKNOWN, True),
        ("wrong_name", tls_answer(), Owner.COMPANY, False),
        ("wrong_name", failing("wrong_name"), Owner.UNKNOWN, True),
    ],
)
def test_another_host_tells_whose_a_bad_certificate_is(
    reason: str, beside: TlsAnswer | NetError | None, owner: Owner, everybody: bool
) -> None:
    found = judge_certificate(reason, beside=beside)
    assert (found.blame.owner, found.everybody) == (owner, everybody)


@pytest.mark.parametrize(
    ("reason", "far", "tunnelled", "either"),
    [
        ("untrusted", Owner.COMPANY, False, (Owner.COMPANY, Owner.DEVICE)),
        ("untrusted", Owner.SERVICE, False, (Owner.HOME, Owner.SERVICE)),
        ("wrong_name", Owner.SERVICE, False, ()),
        ("untrusted", Owner.SERVICE, True, (Owner.COMPANY, Owner.SERVICE)),
    ],
)
def test_a_strangers_certificate_may_be_of_those_who_could_show_it(
    reason: str, far: Owner, tunnelled: bool, either: tuple[Owner, ...]
) -> None:
    assert judge_certificate(reason, far=far, tunnelled=tunnelled).blame.either == either


@pytest.mark.parametrize(
    ("reason", "either"),
    [("expired", (Owner.COMPANY, Owner.DEVICE)), ("not_yet_valid", (Owner.DEVICE, Owner.COMPANY))],
)
def test_a_date_that_no_other_host_confirms_may_be_this_computers_clock(
    reason: str, either: tuple[Owner, ...]
) -> None:
    found = judge_certificate(reason, beside=Silent(WHERE))
    assert found.blame.either == either and found.remedy(HOST).startswith(SEE_CLOCK + ELSE)
    stranger = judge_certificate("untrusted", beside=Silent(WHERE))
    assert Owner.DEVICE in stranger.blame.either and SEE_CLOCK not in stranger.remedy(HOST)


@pytest.mark.parametrize(
    ("leads_to", "others_know", "far", "whose"),
    [
        ("203.0.113.7", True, Owner.COMPANY, Blame(Owner.COMPANY)),
        ("192.0.2.1", True, Owner.COMPANY, Blame(either=(Owner.COMPANY, Owner.HOME, Owner.ISP))),
        ("192.0.2.1", True, Owner.SERVICE, Blame(either=(Owner.HOME, Owner.ISP, Owner.SERVICE))),
        ("192.0.2.1", False, Owner.COMPANY, Blame(Owner.COMPANY)),
    ],
)
def test_a_certificate_for_another_name_may_be_of_a_page_that_this_network_leads_to(
    leads_to: str, others_know: bool, far: Owner, whose: Blame
) -> None:
    net = FakeNet(names={HOST: (leads_to,)}, replies=said_by((others_know,)), certificates=TALKS)
    beside = Beside(far=far, tcp_controls=CONTROL, name_servers=NAME_SERVERS)
    looks = look_into(fake_context(net=net, system=FakeSystem()), THERE, failing("wrong_name"), beside)
    found = asyncio.run(looks).blame
    assert (found.owner, found.either) == (whose.owner, whose.either)


NOW = datetime(2026, 11, 23, 9, 14, tzinfo=UTC)  # by the clock of the fakes
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def out_of_date(
    reason: str, begins: timedelta, ends: timedelta, control_says: timedelta | None, *, later: bool = False
) -> Looked:
    """A certificate whose dates are told from now, beside a control that shows the time, or none; ``later``: the dates are
    shown to a handshake of its own only."""
    dated = TlsFailed(WHERE, reason=reason, valid=(NOW + begins, NOW + ends))
    pages: dict[str, Any] = {}
    if control_says is not None:
        url, date = "https://control.example:443/", NOW + control_says
        pages[url] = http_answer(url, Date=date.strftime("%a, %d %b %Y %H:%M:%S GMT"))
    net = FakeNet(certificates={**TALKS, **({HOST: dated} if later else {})})
    context = fake_context(net=net, http=FakeHttp(pages=pages), system=FakeSystem())
    error = failing(reason) if later else dated
    return asyncio.run(look_into(context, THERE, error, Beside(tcp_controls=CONTROL)))


@pytest.mark.parametrize("later", [False, True], ids=["at once", "by STARTTLS"])
@pytest.mark.parametrize(
    ("reason", "begins", "ends", "control_says", "says"),
    [
        ("not_yet_valid", HOUR, 90 * DAY, 2 * HOUR, "is not valid yet by the clock"),
        ("expired", -DAY, -HOUR, -3 * HOUR, "has run out by the clock"),
    ],
)
def test_a_certificate_that_is_valid_by_anothers_clock_is_this_computers_clocks_doing(
    reason: str, begins: timedelta, ends: timedelta, control_says: timedelta, says: str, later: bool
) -> None:
    found = out_of_date(reason, begins, ends, control_says, later=later)
    assert found.blame.owner is Owner.DEVICE and found.certificate is not None
    assert says in found.certificate.told(HOST) and not found.certificate.everybody
    assert found.certificate.remedy(HOST).startswith("Set the date and time of this computer")


@pytest.mark.parametrize(
    ("reason", "begins", "ends", "control_says"),
    [
        ("not_yet_valid", HOUR, 90 * DAY, timedelta(0)),
        ("not_yet_valid", 3 * HOUR, 90 * DAY, 2 * HOUR),
        ("not_yet_valid", HOUR, 90 * DAY, -2 * HOUR),
        ("expired", -DAY, -HOUR, 2 * HOUR),
        ("expired", -DAY, 90 * DAY, -HOUR),
    ],
    ids=["clock right", "too early by both", "clock ahead", "clock behind", "signer's dates"],
)
def test_a_certificate_that_is_out_of_date_by_anothers_clock_too_is_its_servers(
    reason: str, begins: timedelta, ends: timedelta, control_says: timedelta | None
) -> None:
    assert out_of_date(reason, begins, ends, control_says).blame.owner is Owner.COMPANY


@pytest.mark.parametrize("reason", ["expired", "not_yet_valid"])
def test_a_good_certificate_of_another_host_alone_does_not_clear_this_computers_clock(reason: str) -> None:
    found = out_of_date(reason, -DAY if reason == "expired" else HOUR, 90 * DAY, None).blame
    assert (found.owner, set(found.either)) == (Owner.UNKNOWN, {Owner.COMPANY, Owner.DEVICE})


def test_dates_that_cannot_be_read_are_the_servers_where_anothers_clock_says_the_same_as_ours() -> None:
    pages = {
        url: http_answer(url, Date="Mon, 23 Nov 2026 09:14:00 GMT")
        for url in ("https://control.example:443/",)
    }
    context = fake_context(net=FakeNet(certificates=TALKS), http=FakeHttp(pages=pages), system=FakeSystem())
    found = asyncio.run(look_into(context, THERE, failing("expired"), Beside(tcp_controls=CONTROL))).blame
    assert found.owner is Owner.COMPANY


def test_a_box_that_was_seen_to_answer_is_named() -> None:
    home = Blame(Owner.HOME, confidence=Confidence.MEDIUM)
    found = judge_certificate("untrusted", beside=tls_answer(), answers=home)
    assert found.blame == home and found.remedy(HOST).startswith("Type no password")


def test_a_handshake_that_failed_otherwise_is_no_certificate_fault() -> None:
    with pytest.raises(ValueError, match="handshake"):
        judge_certificate("handshake")


# ---- Names ----


def around(own: Place = Place.ROUTER, *others: Reply, vpn: bool = False) -> Around:
    denies = Asked(server="192.0.2.53", place=own, reply=Reply.UNKNOWN_NAME)
    opinions = [Asked(server="198.51.100.1", place=Place.FAR, reply=reply) for reply in others]
    return Around(name=HOST, own=(denies,), opinions=tuple(opinions), vpn=vpn)


@pytest.mark.parametrize("far", [Owner.COMPANY, Owner.SERVICE])
def test_a_name_is_the_far_sides_only_where_others_agree_that_it_is_gone(far: Owner) -> None:
    gone = judge_lost_name(HOST, around(Place.ROUTER, Reply.UNKNOWN_NAME, Reply.UNKNOWN_NAME), far)
    assert gone.blame == Blame(far, confidence=Confidence.HIGH)
    kept = judge_lost_name(HOST, around(Place.ROUTER, Reply.UNKNOWN_NAME, Reply.ANSWERED), far)
    assert kept.hidden and set(kept.blame.either) == {Owner.HOME, Owner.ISP}
    for silence in (around(Place.ROUTER, Reply.SILENT), around(), None):
        assert set(judge_lost_name(HOST, silence, far).blame.either) == {far, Owner.HOME, Owner.ISP}


@pytest.mark.parametrize(
    ("heard", "expected"),
    [
        (around(Place.ROUTER, Reply.UNKNOWN_NAME), Blame(either=(Owner.DEVICE, Owner.COMPANY))),
        (around(Place.HERE, vpn=True), Blame(either=(Owner.COMPANY, Owner.DEVICE))),
        (around(Place.TUNNEL, Reply.UNKNOWN_NAME, vpn=True), Blame(Owner.COMPANY)),
    ],
)
def test_a_name_of_the_inside_is_missing_only_where_the_vpns_name_server_says_so(
    heard: Around, expected: Blame
) -> None:
    found = judge_lost_name(HOST, heard, inside=True).blame
    assert (found.owner, found.either) == (expected.owner, expected.either)


@pytest.mark.parametrize("name", ["a..b.example", "x" * 64 + ".example", "a." * 130 + "example"])
def test_what_is_no_name_at_all_is_one_that_nobody_knows(name: str) -> None:
    context = fake_context(net=FakeNet(), system=FakeSystem())
    beside = Beside(name_servers=NAME_SERVERS)
    found = asyncio.run(look_into(context, Endpoint(name, 443), NameUnknown(WHERE), beside))
    assert found.name is not None and found.blame == Blame(Owner.COMPANY, confidence=Confidence.HIGH)
    with pytest.raises(ValueError, match="no name"):
        Question(name)


def test_a_name_server_that_has_to_be_looked_up_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="write an address"):
        require_addresses(("dns.example:53",))


# ---- Ports ----


def looked(
    error: NetError, net: FakeNet, *, far: Owner = Owner.COMPANY, system: FakeSystem | None = None
) -> Looked:
    context = fake_context(net=net, system=system or FakeSystem())
    return asyncio.run(look_into(context, THERE, error, Beside(far=far, tcp_controls=CONTROL)))


def test_a_host_that_hangs_is_to_blame_only_where_another_one_talks() -> None:
    taken = {(HOST, 443): 5.0}
    assert looked(Silent(WHERE), FakeNet(ports=taken, certificates=TALKS)).blame.owner is Owner.COMPANY
    assert looked(Silent(WHERE), FakeNet(ports=taken)).blame == Blame()


def test_a_service_that_hangs_may_be_silenced_by_a_filter_that_reads_its_name() -> None:
    found = looked(Silent(WHERE), FakeNet(ports={(HOST, 443): 5.0}, certificates=TALKS), far=Owner.SERVICE)
    assert found.blame.either == (Owner.HOME, Owner.ISP, Owner.SERVICE)


@pytest.mark.parametrize("came", [Closed, Garbled, TlsFailed])
def test_a_service_whose_conversation_is_cut_may_be_filtered_by_its_name(came: type[NetError]) -> None:
    found = looked(came(WHERE), FakeNet(certificates=TALKS), far=Owner.SERVICE)
    assert found.blame.either == (Owner.HOME, Owner.ISP, Owner.SERVICE)


TUNNEL = FakeSystem(
    network=(Interface(name="tun0", kind="tunnel", up=True, addresses=("10.8.0.2",), mtu=1400),)
)
INSIDE, OUTSIDE = "10.20.0.5", "192.0.2.80"


def behind_the_vpn(control_at: str, **more: Any) -> FakeNet:
    names = {HOST: (INSIDE,), "control.example": (control_at,)}
    return FakeNet(names=names, sources={INSIDE: "10.8.0.2", OUTSIDE: "192.0.2.7"}, **more)


@pytest.mark.parametrize(
    ("came", "control_at", "expected"),
    [
        (Refused, OUTSIDE, Blame(Owner.COMPANY)),
        (Garbled, OUTSIDE, Blame(Owner.COMPANY)),
        (Silent, INSIDE, Blame(Owner.COMPANY)),
        (Silent, OUTSIDE, Blame(either=(Owner.COMPANY, Owner.DEVICE))),
        (NoRoute, OUTSIDE, Blame(either=(Owner.COMPANY, Owner.DEVICE))),
    ],
)
def test_behind_a_vpn_neither_home_nor_provider_is_named_and_a_dead_tunnel_has_two_ends(
    came: type[NetError], control_at: str, expected: Blame
) -> None:
    net = behind_the_vpn(control_at, ports={("control.example", 443): 9.0})
    found = looked(came(WHERE), net, system=TUNNEL)
    assert found.tunnelled
    assert (found.blame.owner, found.blame.either) == (expected.owner, expected.either)


@pytest.mark.parametrize(
    ("came", "control_at", "either"),
    [
        (Refused, OUTSIDE, (Owner.SERVICE, Owner.COMPANY)),
        (Silent, INSIDE, (Owner.SERVICE, Owner.COMPANY)),
        (Silent, OUTSIDE, (Owner.SERVICE, Owner.COMPANY, Owner.DEVICE)),
    ],
)
def test_behind_a_vpn_the_company_may_filter_a_service_whether_it_refuses_or_is_silent(
    came: type[NetError], control_at: str, either: tuple[Owner, ...]
) -> None:
    net = behind_the_vpn(control_at, ports={("control.example", 443): 9.0})
    assert looked(came(WHERE), net, far=Owner.SERVICE, system=TUNNEL).blame.either == either


def test_behind_a_vpn_the_company_may_silence_a_service_that_takes_connections() -> None:
    ports = {("control.example", 443): 9.0, (HOST, 443): 9.0}
    net = behind_the_vpn(INSIDE, ports=ports, certificates=TALKS)
    found = looked(Silent(WHERE), net, far=Owner.SERVICE, system=TUNNEL)
    assert found.blame.either == (Owner.SERVICE, Owner.COMPANY)


# ---- Together ----


def test_a_look_ends_in_time_though_every_question_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    class Hanging(FakeNet):
        async def resolve(self, host: str, *, timeout_s: float = 5.0) -> tuple[str, ...]:
            await asyncio.sleep(3_600)
            raise AssertionError

    monkeypatch.setattr(trouble, "LOOK_S", 0.01)
    assert looked(Silent(WHERE), Hanging()) == Looked()


def test_each_kind_of_trouble_is_looked_into_by_its_own_rule() -> None:
    shown = looked(failing("expired"), FakeNet(certificates=TALKS))
    assert shown.certificate is not None and Owner.COMPANY in shown.blame.parties
    missing = looked(NameUnknown(WHERE), FakeNet())
    assert missing.name is not None and missing.blame == missing.name.blame
