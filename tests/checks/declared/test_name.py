"""Answers are real packets, made with dnspython and handed over by a fake network."""

import asyncio
import random
from collections.abc import Callable
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from readycheck.adapters import names
from readycheck.api import NameRefused, NameSilent, NameUnknown, Owner, Status, Where
from readycheck.model import CheckResult
from readycheck.ports import Interface
from readycheck.testing import FakeNet, FakeStream, FakeSystem, run_check
from readycheck_checks.declared.answers import Said, is_name, lacking, surplus
from readycheck_checks.declared.records import Question
from readycheck_checks.name import MOST_ADDRESSES, NameOptions, check

OWN, OTHER, THIRD = "192.168.1.1", "9.9.9.9:53", "1.1.1.1:53"
Respond = Callable[[bytes], bytes]


def answering(*records: str, kind: str = "MX", code: int = 0, cut: bool = False) -> Respond:
    def respond(packet: bytes) -> bytes:
        asked = dns.message.from_wire(packet)
        said = dns.message.make_response(asked)
        said.set_rcode(dns.rcode.Rcode(code))
        said.flags |= dns.flags.TC if cut else 0
        if records:
            said.answer.append(dns.rrset.from_text_list(asked.question[0].name, 60, "IN", kind, records))
        return said.to_wire(max_size=65_535)

    return respond


def asked(
    own: Respond | None, others: tuple[Respond, ...] = (), net: dict[str, Any] | None = None, **told: Any
) -> CheckResult:
    replies: dict[tuple[str, int], Any] = {(OWN, 53): own} if own else {}
    for server, respond in zip((OTHER, THIRD), others, strict=False):
        replies[server.rpartition(":")[0], 53] = respond
    options = NameOptions(
        **{"title": "Mail", "name": "corp.example", "kind": "MX", "name_servers": (OTHER, THIRD), **told}
    )
    fake = FakeNet(replies=replies, **(net or {}))
    return asyncio.run(run_check(check, options, net=fake, system=FakeSystem(resolvers=(OWN,))))


def code(result: CheckResult) -> str:
    return result.findings[0].code


GOOD, BAD = answering("10 mail.corp.example."), answering("10 elsewhere.example.")
GONE, EMPTY, FAILING = answering(code=3), answering(), answering(code=2)
WANTED: dict[str, Any] = {"expected": ("mail.corp.example",)}


@pytest.mark.parametrize(
    ("own", "told", "expected"),
    [
        (GOOD, {}, "declared.name"),
        (GOOD, WANTED, "declared.name"),
        (GOOD, {"expected": ("10 Mail.corp.example.",)}, "declared.name"),
        (BAD, WANTED, "declared.name_differs"),
        (GONE, WANTED, "declared.name_unknown"),
        (EMPTY, WANTED, "declared.name_empty"),
        (FAILING, WANTED, "declared.name_refused"),
        (lambda packet: packet[:2] + b"\x80" + b"\xff" * 30, WANTED, "declared.name_refused"),
        (None, WANTED, "declared.name_unproved"),
        (
            answering("10 mail.corp.example.", "20 more.example."),
            {**WANTED, "only": True},
            "declared.name_differs",
        ),
        (answering("10 mail.corp.example.", "20 more.example."), WANTED, "declared.name"),
    ],
)
def test_the_answer_is_compared_with_what_the_profile_expects(
    own: Respond, told: dict[str, Any], expected: str
) -> None:
    assert code(asked(own, **told)) == expected


@pytest.mark.parametrize(
    ("others", "owner", "either"),
    [
        ((GOOD, GOOD), Owner.UNKNOWN, (Owner.HOME, Owner.ISP)),
        ((BAD, BAD), Owner.COMPANY, ()),
        ((BAD,), Owner.COMPANY, ()),
        ((), Owner.UNKNOWN, (Owner.COMPANY, Owner.HOME, Owner.ISP)),
    ],
)
def test_name_servers_of_others_tell_whose_it_is(
    others: tuple[Respond, ...], owner: Owner, either: tuple[Owner, ...]
) -> None:
    finding = asked(BAD, others, **WANTED).findings[0]
    assert (finding.owner, finding.either) == (owner, either)


def by_system(
    here: str,
    own: Respond | None,
    others: tuple[Respond, ...],
    servers: tuple[str, ...] = (OWN,),
    **world: Any,
) -> CheckResult:
    """Of an address, looked up in the system's own way."""
    options = NameOptions(
        title="Wiki", name="wiki.example", kind="A", expected=("192.0.2.1",), name_servers=(OTHER, THIRD)
    )
    replies: dict[tuple[str, int], Any] = {(server, 53): own for server in servers if own}
    for server, respond in zip((OTHER, THIRD), others, strict=False):
        replies[server.rpartition(":")[0], 53] = respond
    net = FakeNet(names={"wiki.example": (here,)}, replies=replies, **world)
    vpn = Interface(name="tun0", kind="tunnel", up=True, addresses=("10.8.0.2",), mtu=1400)
    wifi = Interface(name="wlan0", kind="wifi", up=True, addresses=("192.168.1.23",), mtu=1500)
    system = FakeSystem(resolvers=servers, network=(wifi, vpn))
    return asyncio.run(run_check(check, options, net=net, system=system))


RIGHT, WRONG = answering("192.0.2.1", kind="A"), answering("192.0.2.66", kind="A")


def test_an_old_entry_in_the_list_of_hosts_is_not_blamed_on_the_name_server() -> None:
    finding = by_system("192.0.2.66", RIGHT, (RIGHT, RIGHT)).findings[0]
    assert (finding.code, finding.owner) == ("declared.name_differs", Owner.DEVICE)


@pytest.mark.parametrize(
    ("servers", "tunnelled", "parties"),
    [
        ((OWN,), False, (Owner.HOME, Owner.ISP)),
        (("192.88.99.250",), False, (Owner.HOME, Owner.ISP, Owner.DEVICE)),
        (("10.20.0.53",), True, (Owner.COMPANY, Owner.DEVICE)),
    ],
)
def test_what_others_tell_is_kept_back_by_whoever_may_run_the_name_servers_here(
    servers: tuple[str, ...], tunnelled: bool, parties: tuple[Owner, ...]
) -> None:
    world = {"sources": dict.fromkeys(servers, "10.8.0.2")} if tunnelled else {}
    finding = by_system("192.0.2.66", WRONG, (RIGHT, RIGHT), servers, **world).findings[0]
    assert finding.either == parties


@pytest.mark.parametrize("others", [(), (GONE, GONE), (BAD, BAD)])
def test_a_private_address_that_is_told_inside_only_may_miss_the_vpn(others: tuple[Respond, ...]) -> None:
    net = {"names": {"corp.example": ("192.0.2.1",)}}
    finding = asked(None, others, net=net, kind="A", expected=("10.20.0.13",)).findings[0]
    assert (finding.code, finding.either) == ("declared.name_differs", (Owner.DEVICE, Owner.COMPANY))


def test_a_name_of_the_inside_may_miss_the_vpn_only() -> None:
    assert asked(GONE, (GONE, GONE), inside=True).findings[0].either == (Owner.DEVICE, Owner.COMPANY)


def test_a_name_of_the_inside_is_told_to_nobody_outside() -> None:
    seen: list[str] = []

    def listening(packet: bytes) -> bytes:
        seen.append(dns.message.from_wire(packet).question[0].name.to_text())
        return answering("a.example.", kind="NS")(packet)

    assert asked(GONE, (listening, listening), inside=True).status is Status.FAIL
    silent = asked(None, (listening,), inside=True, server="10.0.0.53:53", **WANTED)
    assert code(silent) == "declared.name_silent"
    assert set(seen) == {"."}


def test_a_named_server_is_asked_and_its_silence_counts_beside_others() -> None:
    net: dict[str, Any] = {"replies": {("10.0.0.53", 53): GOOD}}
    options = NameOptions(title="Mail", name="corp.example", kind="MX", server="10.0.0.53:53", **WANTED)
    assert asyncio.run(run_check(check, options, net=FakeNet(**net))).status is Status.PASS
    silent = asked(GOOD, (GOOD,), server="10.0.0.53:53", **WANTED)
    assert (code(silent), silent.findings[0].either) == (
        "declared.name_silent",
        (Owner.COMPANY, Owner.DEVICE),
    )
    assert code(asked(GOOD, server="10.0.0.53:53", **WANTED)) == "declared.name_unproved"


def test_addresses_are_looked_up_in_the_systems_own_way() -> None:
    def by_system(names: Any, **told: Any) -> str:
        net = {"names": {"corp.example": names}}
        return code(asked(None, net=net, **{"kind": "A", **told}))

    assert by_system(("192.0.2.1", "2001:db8::1"), expected=("192.0.2.1",)) == "declared.name"
    assert by_system(("2001:db8::1",)) == "declared.name_empty"
    assert by_system(("2001:db8::1",), kind="AAAA", expected=("2001:DB8:0::1",)) == "declared.name"
    assert by_system(NameUnknown(Where(host="x"))) == "declared.name_unknown"
    assert by_system(NameSilent(Where(host="x"))) == "declared.name_unproved"


MANY = tuple(f"192.0.2.{number}" for number in range(1, 12))


def test_a_list_of_addresses_that_was_cut_is_asked_for_whole_or_left_open() -> None:
    assert MOST_ADDRESSES == names.MOST_ADDRESSES
    net = {"names": {"corp.example": MANY[:MOST_ADDRESSES]}}
    whole = answering(*MANY, kind="A")
    for told, by_itself, with_servers in (
        ({"kind": "AAAA"}, "declared.name_cut", "declared.name_cut"),
        ({"kind": "A", "expected": MANY}, "declared.name_cut", "declared.name"),
        ({"kind": "A", "expected": MANY[:9], "only": True}, "declared.name_cut", "declared.name_differs"),
        ({"kind": "A", "expected": MANY[:3]}, "declared.name", "declared.name"),
    ):
        assert code(asked(None, net=net, **told)) == by_itself
        servers = None if told["kind"] == "AAAA" else whole
        assert code(asked(servers, net=net, **told)) == with_servers
    six = answering("2001:db8::1", kind="AAAA")
    assert code(asked(six, net=net, kind="AAAA")) == "declared.name"


@pytest.mark.parametrize(
    ("held", "told", "expected"),
    [
        ((), {}, "declared.name_cut"),
        ((), {"expected": ("one",)}, "declared.name_cut"),
        (("two",), {"expected": ("one",)}, "declared.name_cut"),
        (("one",), {"expected": ("one",), "only": True}, "declared.name_cut"),
        (("one",), {"expected": ("one",)}, "declared.name"),
        (("one",), {}, "declared.name"),
    ],
)
def test_an_answer_that_was_cut_proves_no_more_than_it_holds(
    held: tuple[str, ...], told: dict[str, Any], expected: str
) -> None:
    assert code(asked(answering(*held, kind="TXT", cut=True), kind="TXT", **told)) == expected


def test_what_does_not_fit_into_a_datagram_is_asked_over_tcp() -> None:
    class Server(FakeStream):
        async def write(self, data: bytes) -> None:
            whole = answering("one two", kind="TXT")(data[2:])
            self.lines = [len(whole).to_bytes(2, "big"), whole]

    net = {"streams": {(OWN, 53): Server()}}
    result = asked(answering(kind="TXT", cut=True), net=net, kind="TXT", expected=("onetwo",))
    assert result.status is Status.PASS, result.findings


def test_texts_and_other_records_are_compared_as_people_write_them() -> None:
    assert lacking("TXT", ("v=spf1 -all",), ("v=spf1 -all",)) == ()
    assert lacking("SRV", ("sip.example", "0 5 5060 sip.example"), ("0 5 5060 sip.example",)) == ()
    assert lacking("CNAME", ("Web.Example.",), ("web.example",)) == ()
    assert surplus("MX", ("a.example",), ("10 a.example", "20 b.example")) == ("20 b.example",)


def test_more_records_than_are_read_are_a_list_that_was_cut() -> None:
    many = [f"{number} mail{number}.corp.example." for number in range(60)]
    assert code(asked(answering(*many), expected=("none.example",))) == "declared.name_cut"


def test_a_name_is_one_or_a_mistake() -> None:
    assert is_name("_sip._tcp.corp.example.") and is_name("*.corp.example")
    assert not any(map(is_name, ("", "a..b", "a b", "x" * 64, "ä.example", ".".join(["abc"] * 70), "a\n")))
    for told, why in (
        ({"name": "a b"}, "no name"),
        ({"only": True}, "needs expected"),
        ({"server": "x:53"}, "an address"),
    ):
        with pytest.raises(ValueError, match=why):
            NameOptions(**{"title": "Mail", "name": "corp.example", **told})  # type: ignore[arg-type]


def test_the_address_of_a_ptr_is_turned_round() -> None:
    question = Question("192.0.2.10", "PTR")
    assert b"\x0210\x012\x010\x03192\x07in-addr" in question.packet


def test_no_bytes_raise_an_error() -> None:
    chance = random.Random(3)
    question = Question("corp.example", "TXT")
    good = answering("one", kind="TXT")(question.packet)
    for _ in range(2000):
        data = bytearray(good)
        for _ in range(chance.randrange(1, 6)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        assert question.read(bytes(data[: chance.randrange(len(data) + 1)])).said in Said


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (answering(kind="A", code=2), "declared.name_refused"),
        (answering(kind="A", code=5), "declared.name_refused"),
        (answering("192.0.2.7", kind="A"), "declared.name_unproved"),
        (None, "declared.name_unproved"),
    ],
)
def test_a_lookup_of_the_system_that_was_turned_away_is_told_in_the_words_of_its_name_server(
    own: Respond | None, expected: str
) -> None:
    """What the name server would say well to this program alone is no answer: other programs do not get it."""
    turned_away = {"names": {"corp.example": NameRefused(Where(host="corp.example"))}}
    assert code(asked(own, net=turned_away, kind="A")) == expected
