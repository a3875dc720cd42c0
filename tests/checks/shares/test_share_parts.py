"""The parts of the share check that need no server: targets, NTSTATUS, the SMB2 greeting, the arithmetic of rates."""

import struct

import msgspec
import pytest

from readycheck_checks.share import check
from readycheck_checks.shares import ntstatus, smb1, smb2
from readycheck_checks.shares.options import ShareOptions
from readycheck_checks.shares.outcome import What
from readycheck_checks.shares.rate import FIRST_BYTES, Read, at_most, goodput, next_bytes
from readycheck_checks.shares.target import target_of


@pytest.mark.parametrize(
    ("url", "kind", "port", "label"),
    [
        ("smb://files.example/team", "smb", 445, "files.example/team"),
        ("smb://files.example:1445/team%20drive/a/b/", "smb", 1445, "files.example/team drive/a/b"),
        ("davs://files.example/", "webdav", 443, "files.example"),
        ("https://files.example/remote.php/dav", "webdav", 443, "files.example/remote.php/dav"),
        ("http://127.0.0.1:8080/x", "webdav", 8080, "127.0.0.1/x"),
        ("dav://[::1]/x", "webdav", 80, "::1/x"),
    ],
)
def test_urls_of_shares_are_read(url: str, kind: str, port: int, label: str) -> None:
    target = target_of(url)
    assert (target.kind, target.port, target.label) == (kind, port, label)


def test_a_port_of_its_own_overrides_the_url() -> None:
    assert target_of("smb://files.example:1445/team", 2445).port == 2445


def test_a_share_is_named_in_its_protocols_own_way() -> None:
    assert target_of("smb://files.example/team%20drive/plans").unc == r"\\files.example\team drive\plans"
    assert target_of("davs://[::1]:8443/a%20b").url == "https://[::1]:8443/a%20b/"


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://files.example/team", "write it like"),
        ("files.example/team", "write it like"),
        ("smb://files.example/", "names no share"),
        ("smb://files.example/team/../etc", "names no share"),
        ("https://anna:secret@files.example/", "no user and no password"),
        ("https://files.example/?x=1", "write it like"),
        ("http://files.example/team", "in clear"),
        ("http://127.0.0.1%x.evil.example/team", "in clear"),
    ],
)
def test_urls_that_are_no_shares_are_refused_with_what_was_expected(url: str, why: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=why):
        msgspec.convert({"url": url}, ShareOptions)


@pytest.mark.parametrize(
    "options",
    [
        {"rate_plan_mbps": 5.0},
        {"rate_plan_mbps": 1.0, "rate_fail_mbps": 5.0, "read_file": "a"},
        {"sign_in": "system"},
        {"rate_bytes": 5},
        {"tcp_controls": ["no-port"]},
    ],
)
def test_options_that_make_no_sense_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"url": "https://files.example/team"} | options, ShareOptions)


def test_the_stated_cost_holds_the_bytes_of_the_rate() -> None:
    plain = ShareOptions(url="https://files.example/team")
    timed = ShareOptions(
        url="https://files.example/team",
        read_file="a",
        rate_plan_mbps=5.0,
        rate_fail_mbps=1.0,
        rate_bytes=3_000_000,
    )
    assert check.cost_of(plain, False).bytes < 100_000
    assert check.cost_of(timed, False).bytes > 3_000_000
    assert check.cost_of(timed, True).bytes < 1_000_000


def test_ntstatus_values_are_told_in_words_with_their_number() -> None:
    assert ntstatus.meaning_of(0xC0000022) == (What.DENIED, "STATUS_ACCESS_DENIED (0xc0000022)")
    assert ntstatus.meaning_of(0xC000006D)[0] is What.PASSWORD
    assert ntstatus.meaning_of(0xC0000225)[0] is What.MISSING
    assert ntstatus.meaning_of(0xC0DE0001) == (What.TROUBLE, "NTSTATUS (0xc0de0001)")


def test_every_status_has_words_that_name_nothing_of_the_protocol() -> None:
    for status in (
        0xC0000234,
        0xC0000072,
        0xC000006F,
        0xC0000070,
        0xC0000133,
        0xC00000CE,
        0xC0000257,
        0xC000005E,
    ):
        what, quoted = ntstatus.meaning_of(status)
        assert what is not What.TROUBLE and quoted.startswith("STATUS_") and f"{status:08x}" in quoted


def test_the_smb_greeting_offers_smb_2_and_3_and_never_smb_1() -> None:
    request = smb2.negotiate_request()
    (length,) = struct.unpack_from("!I", request)
    message = request[4:]
    assert length == len(message)
    assert message[:4] == b"\xfeSMB"
    size, count = struct.unpack_from("<HH", message, 64)
    assert (size, struct.unpack_from(f"<{count}H", message, 100)) == (
        36,
        (0x0202, 0x0210, 0x0300, 0x0302, 0x0311),
    )
    offset, contexts = struct.unpack_from("<IH", message, 92)
    assert (offset % 8, contexts, struct.unpack_from("<HH", message, offset)) == (0, 2, (1, 38))


def greeting(protocol: bytes = b"\xfeSMB", status: int = 0, mode: int = 1, dialect: int = 0x0302) -> bytes:
    header = struct.pack("<4sHHIHHIIQIIQ16s", protocol, 64, 0, status, 0, 1, 1, 0, 0, 0, 0, 0, bytes(16))
    return header + struct.pack("<HHH", 65, mode, dialect) + bytes(58)


def test_the_servers_choice_is_read() -> None:
    assert smb2.offer_in(greeting()) == smb2.Offer(dialect="3.0.2", signing_required=False)
    assert smb2.offer_in(greeting(mode=3, dialect=0x0311)) == smb2.Offer(
        dialect="3.1.1", signing_required=True
    )


def negotiated(context: bytes, *, offset: int = 128, count: int = 1) -> bytes:
    """A greeting of 3.1.1 with these negotiate contexts, at a time in 2026."""
    header = struct.pack("<4sHHIHHIIQIIQ16s", b"\xfeSMB", 64, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, bytes(16))
    clock = 134_000_000_000_000_000
    body = struct.pack(
        "<HHHH16sIIIIQQHHI", 65, 1, 0x0311, count, bytes(16), 0, 0, 0, 0, clock, 0, 0, 0, offset
    )
    return header + body + context


def test_the_cipher_and_the_clock_of_the_server_are_read() -> None:
    offer = smb2.offer_in(negotiated(struct.pack("<HHIHH", 2, 4, 0, 1, 2)))
    assert offer is not None and offer.cipher == "AES-128-GCM" and offer.signing == "offered"
    assert offer.clock is not None and offer.clock.year == 2025
    behind_another = struct.pack("<HHI", 1, 38, 0) + bytes(40) + struct.pack("<HHIHH", 2, 4, 0, 1, 4)
    told = smb2.offer_in(negotiated(behind_another, count=2))
    assert told is not None and told.cipher == "AES-256-GCM"


@pytest.mark.parametrize(
    ("context", "offset", "count"),
    [(b"", 128, 1), (b"\2\0\4\0", 128, 1), (bytes(8), 4_000_000_000, 9), (b"\xff" * 30, 128, 65_535)],
)
def test_contexts_that_run_beyond_the_reply_tell_no_cipher(context: bytes, offset: int, count: int) -> None:
    offer = smb2.offer_in(negotiated(context, offset=offset, count=count))
    assert offer is not None and offer.cipher == "" and offer.encryption == "not offered"


def test_an_smb1_server_is_known_by_its_answer_to_smb1_alone() -> None:
    request = smb1.negotiate_request()
    assert request[4:8] == b"\xffSMB" and b"NT LM 0.12" in request and b"SMB 2" not in request
    reply = struct.pack("<4sBIBHH8sHHHHH", b"\xffSMB", 0x72, 0, 0x98, 0, 0, bytes(8), 0, 0, 0, 0, 1)
    assert smb1.is_taken(reply + struct.pack("<BH", 17, 0))
    assert not smb1.is_taken(reply + struct.pack("<BH", 1, 0xFFFF))
    assert not smb1.is_taken(reply) and not smb1.is_taken(request[4:]) and not smb1.is_taken(b"")


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"\xfeSMB",
        greeting(protocol=b"\xffSMB"),
        greeting(status=0xC00000BB),
        greeting(dialect=0x02FF),
        b"SSH-2.0-OpenSSH_9.2\r\n",
    ],
)
def test_anything_else_is_no_smb_server(reply: bytes) -> None:
    assert smb2.offer_in(reply) is None


@pytest.mark.parametrize(
    ("head", "length"), [(b"\x00\x00\x00\x80", 128), (b"HTTP", None), (b"\x00\x00\x00\x00", None)]
)
def test_a_frame_of_an_unreasonable_size_is_never_waited_for(head: bytes, length: int | None) -> None:
    assert smb2.reply_length(head) == length


TINY = Read(asked=1, bytes=1, seconds=0.3)


def test_reads_grow_until_they_last_long_enough_or_the_budget_is_spent() -> None:
    assert next_bytes(TINY, None, 2_000_000) == FIRST_BYTES
    quick = Read(asked=FIRST_BYTES, bytes=FIRST_BYTES, seconds=0.35)
    assert next_bytes(TINY, quick, 2_000_000) == 8 * FIRST_BYTES
    assert next_bytes(TINY, quick, 300_000) == 300_000
    assert next_bytes(TINY, quick, 100_000) == 0
    slow = Read(asked=FIRST_BYTES, bytes=FIRST_BYTES, seconds=0.3 + 0.655)
    assert next_bytes(TINY, slow, 2_000_000) == pytest.approx(
        250_000, rel=0.01
    )  # what 0.8 Mbit/s carry in 2.5 s
    assert next_bytes(TINY, Read(asked=250_000, bytes=250_000, seconds=2.9), 2_000_000) == 0


def test_the_end_of_the_file_ends_the_reading() -> None:
    assert next_bytes(TINY, Read(asked=500_000, bytes=400_000, seconds=0.35), 2_000_000) == 0


def test_the_time_of_setting_up_is_taken_off_the_rate() -> None:
    rate = goodput(TINY, Read(asked=1_000_001, bytes=1_000_001, seconds=1.3))
    assert rate is not None
    assert rate.rate_bps == pytest.approx(8e6)


def test_a_difference_too_short_to_trust_gives_the_whole_time_which_errs_low() -> None:
    rate = goodput(TINY, Read(asked=100_000, bytes=100_000, seconds=0.301))
    assert rate is not None
    assert rate.rate_bps == pytest.approx(100_000 * 8 / 0.301)


def test_a_file_too_small_has_no_rate() -> None:
    assert goodput(TINY, Read(asked=FIRST_BYTES, bytes=5_000, seconds=0.3)) is None


def test_a_read_that_did_not_end_bounds_the_rate_from_above() -> None:
    bound = at_most(65_536, 6.0)
    assert bound.at_most
    assert bound.rate_bps == pytest.approx(87_381, rel=0.01)
