"""Canaries: planted everywhere in a report, found nowhere in what leaves."""

import html
import ipaddress
import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from readycheck.export import FORMATS, render
from readycheck.model import Fact, Report
from readycheck.privacy import Privacy
from readycheck.redact import Level, redact
from readycheck.text import clean
from tests.unit.redacting import detail, texts
from tests.unit.sample_reports import GATEWAY, HOME, report, with_text

LETTERS = "abcdefghijklmnopqrstuvwxyz"
words = st.text(LETTERS, min_size=3, max_size=12).map(lambda word: "zq" + word)
ssids = (
    st.text(min_size=1, max_size=28).map(lambda text: clean("zq" + text)).filter(lambda text: "[" not in text)
)
macs = st.binary(min_size=6, max_size=6).map(lambda raw: raw.hex(":"))
public_v4 = st.ip_addresses(v=4).filter(lambda ip: ip.is_global and not ip.is_multicast).map(str)
public_v6 = st.ip_addresses(v=6, network="2000::/3").map(str)
emails = st.builds("{}.{}@{}.example".format, words, words, words)
homes = st.builds(
    "{}{}".format, st.sampled_from(["/home/", "/Users/", "C:\\Users\\", "c:/users/", "/var/home/"]), words
)
around = st.sampled_from(
    [
        "{}",
        "'{}'",
        "({})",
        "x={};",
        "<{}>",
        "{},",
        "{}: no",
        "{}/x",
        r"\u0007{}",
        "a {} b",
        "`{}`",
        "|{}|",
        "*{}*",
    ]
)


@st.composite
def planted(draw: st.DrawFn) -> tuple[Report, list[str]]:
    """A report with canaries in every text, and what must not be seen any more."""
    user, computer, ssid = draw(words), draw(words), draw(ssids)
    known_mac, unknown_mac = draw(macs), draw(macs)
    known_ip, unknown_ip = draw(public_v4), draw(st.one_of(public_v4, public_v6))
    email, own_home, other_home = draw(emails), draw(homes), draw(homes)
    canaries = [
        user,
        computer,
        ssid,
        known_mac,
        unknown_mac,
        known_ip,
        unknown_ip,
        email,
        own_home,
        other_home,
    ]
    text = " ; ".join(draw(around).format(canary) for canary in draw(st.permutations(canaries)))
    facts = (
        Fact(name="ssid", title="Wi-Fi name", value=ssid, privacy=Privacy.WIFI),
        Fact(name="bssid", title="Access point", value=known_mac, privacy=Privacy.DEVICE),
        Fact(name="public", title="Public address", value=known_ip, privacy=Privacy.ADDRESS),
    )
    base = with_text(text)
    first = replace(base.results[0], facts=facts)
    where = replace(HOME, user=user, computer=computer, home=own_home)
    return replace(base, results=(first, *base.results[1:]), environment=where, note=text), canaries


def readable(document: bytes) -> str:
    """What a reader of a format sees: its escapes undone."""
    plain = html.unescape(document.decode())
    return re.sub(r"\\(.)", r"\1", plain).casefold()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(planted())
def test_no_canary_leaves_through_any_exporter(case: tuple[Report, list[str]]) -> None:
    made, canaries = case
    copy = redact(made, Level.SUPPORT)
    held = "\n".join(texts(copy)).casefold()
    for canary in canaries:
        assert canary.casefold() not in held
    for name in FORMATS:
        seen = readable(render(copy, name))
        for canary in canaries:
            assert re.sub(r"\\(.)", r"\1", canary.casefold()) not in seen, (name, canary)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(planted())
def test_redacting_a_redacted_report_changes_nothing(case: tuple[Report, list[str]]) -> None:
    once = redact(case[0], Level.SUPPORT)
    assert redact(once, Level.SUPPORT) == once


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_text_can_be_redacted_twice_with_the_same_result(text: str) -> None:
    once = detail(text)
    assert detail(once) == once


@settings(max_examples=100, deadline=None)
@given(st.ip_addresses())
def test_an_address_is_replaced_exactly_where_it_is_public(
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    shown = detail(f"at {ip}!", report(GATEWAY))
    if ip.is_global and not ip.is_multicast and not ip.is_reserved:
        assert str(ip) not in shown
    if ip.is_link_local or ip.is_loopback:
        assert str(ip) in shown or "[device " in shown
