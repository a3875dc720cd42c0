"""What leaves at level support names nobody, stays useful, and says what was replaced."""

import html
import ipaddress
import re
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from readycheck.export import FORMATS, render
from readycheck.model import Environment, Fact, Report
from readycheck.privacy import Privacy
from readycheck.redact import PERSONAL, Level, Redactor, redact
from readycheck.redact.fields import field_classes, leaves
from readycheck.text import clean
from tests.unit.sample_reports import CONTACT, GATEWAY, HOME, INTERFACE, report, with_text


def struct_types(found: Any = Report, seen: set[type[Struct]] | None = None) -> set[type[Struct]]:
    """Every structure that a report can hold."""
    seen = set() if seen is None else seen
    if isinstance(found, type) and issubclass(found, Struct):
        if found in seen:
            return seen
        seen.add(found)
        for field in msgspec.structs.fields(found):
            struct_types(field.type, seen)
    for part in get_args(found):
        struct_types(part, seen)
    return seen


def holds_only_structs(annotation: Any) -> bool:
    parts = [part for part in get_args(annotation) if part is not Ellipsis] or [annotation]
    return all(isinstance(part, type) and issubclass(part, Struct) for part in parts)


def unmarked(types: set[type[Struct]]) -> list[str]:
    kinds = {(t, field.name): field.type for t in types for field in msgspec.structs.fields(t)}
    return sorted(
        f"{struct.__name__}.{name}"
        for struct in types
        for name, privacy in field_classes(struct)
        if privacy is None and not holds_only_structs(kinds[struct, name])
    )


def texts(value: Any) -> list[str]:
    return [leaf.value for leaf in leaves(value) if isinstance(leaf.value, str)]


def detail(text: str, base: Report | None = None) -> str:
    """What becomes of one free text in the sample report."""
    return Redactor(base or report()).text(text)


class Leaky(Environment, frozen=True, kw_only=True):
    """What a careless addition to the model would look like."""

    serial: str = ""
    count: int = 0


def test_every_field_of_a_report_has_a_privacy_class() -> None:
    types = struct_types()
    assert len(types) > 10
    assert unmarked(types) == []


def test_a_field_without_a_class_is_noticed() -> None:
    assert unmarked({Leaky}) == ["Leaky.count", "Leaky.serial"]


def test_a_field_without_a_class_is_treated_as_secret() -> None:
    leaky = Leaky(user="annaschmidt", serial="C02XK1", count=7)
    copy = redact(report(environment=leaky), Level.SUPPORT)
    assert copy.environment == Leaky(user="[user 1]", serial="[removed]", count=0)


def test_the_person_and_the_machine_become_pseudonyms() -> None:
    copy = redact(report(), Level.SUPPORT)
    assert copy.environment.user == "[user 1]"
    assert copy.environment.computer == "[computer 1]"
    assert copy.environment.home == "[folder 1]"
    assert copy.environment.system_version == "Debian 12"


def test_facts_follow_their_own_class() -> None:
    values = {fact.name: fact.value for fact in redact(report(), Level.SUPPORT).results[0].facts}
    assert values == {
        "ssid": "[wi-fi 1]",
        "bssid": "[device 1]",
        "mac": "[device 2]",
        "addresses": "192.168.1.23, fe80::[device 2]",
        "public": "[address 1]:54321",
    }


def test_what_solves_the_case_stays_readable() -> None:
    copy = redact(report(), Level.SUPPORT)
    assert copy.contact == CONTACT
    assert copy.results[2] == GATEWAY
    assert copy.causes == report().causes
    assert (copy.verdict, copy.score, copy.capabilities) == (
        report().verdict,
        report().score,
        report().capabilities,
    )


@pytest.mark.parametrize(
    "written",
    [
        "annaschmidt",
        "AnnaSchmidt logged in",
        "/srv/annaschmidt/x",
        "anna_backup of annaschmidt_old",
        r"\u0007annaschmidt",
        "b'hello\\nannaschmidt'",
        "https://x.example/u%2Fannaschmidt",
        r"CORP\annaschmidt",
        "annaschmidt@anna-laptop",
    ],
)
def test_the_user_name_is_found_in_any_sentence(written: str) -> None:
    assert "annaschmidt" not in detail(written).lower()
    assert "[user 1]" in detail(written)


def test_a_name_inside_a_longer_word_is_no_name() -> None:
    base = report(environment=replace(HOME, user="an", computer="net", home="/home/an"))
    assert detail("an internet channel and planet", base) == "[user 1] internet channel and planet"


@pytest.mark.parametrize(
    "name", ["ANNA-LAPTOP", "anna-laptop.fritz.box", "anna-laptop.corp.example", "\\\\anna-laptop\\c$"]
)
def test_the_host_name_is_found_in_either_case_and_with_or_without_domain(name: str) -> None:
    base = report(environment=replace(HOME, computer="Anna-Laptop.corp.example"))
    assert "[computer 1]" in detail(name, base)
    assert "anna-laptop" not in detail(name, base).lower()


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("/home/annaschmidt/Documents", "[folder 1]/Documents"),
        ("\\home\\annaschmidt\\x", "[folder 1]\\x"),
        ("file:///home/bob/x", "file:[folder 2]/x"),
        ("/Users/bob/Library", "[folder 2]/Library"),
        ("/var/home/bob", "[folder 2]"),
        (r"C:\Users\Bob Smith\AppData", r"[folder 2]\AppData"),
        (r"C:\\Users\\bob\\AppData", r"[folder 2]\\AppData"),
        ("C:/Users/bob is full", "[folder 2] is full"),
        ("https://portal.example.com/users/sign_in", "https://portal.example.com/users/sign_in"),
        ("/usr/lib/python3/x.py", "/usr/lib/python3/x.py"),
    ],
)
def test_home_folders_are_replaced_and_the_rest_of_a_path_stays(written: str, shown: str) -> None:
    base = report(policy=replace(report().policy, source="office"))
    assert detail(written, base) == shown


def test_one_folder_has_one_pseudonym_in_every_notation() -> None:
    base = report(environment=replace(HOME, home=r"C:\Users\annaschmidt"))
    shown = detail(r"C:\Users\annaschmidt\a C:/Users/AnnaSchmidt/b C:\\Users\\annaschmidt\\c", base)
    assert shown == r"[folder 1]\a [folder 1]/b [folder 1]\\c"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("bssid 3C-A6-2F-10-20-30", "bssid [device 1]"),
        ("mac:a483.e711.2233", "mac:[device 2]"),
        ("hwaddr=02:00:5e:10:00:00,", "hwaddr=[device 3],"),
        ("eui 02:00:5e:ff:fe:10:00:00", "eui [device 3]"),
        ("at 09:14:07", "at 09:14:07"),
        (
            "sha256 " + ":".join(["ab"] * 32),
            "sha256 " + ":".join(["ab"] * 32),
        ),
    ],
)
def test_hardware_addresses_are_replaced_and_fingerprints_are_not(written: str, shown: str) -> None:
    assert detail(written) == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("from 203.0.113.77 port 5", "from [address 1] port 5"),
        ("8.8.8.8, then 8.8.4.4.", "[address 1], then [address 2]."),
        ("p203-0-113-77.dip.isp.example", "p[address 1].dip.isp.example"),
        ("[2001:db8::1]:443", "[[address 1]]:443"),
        ("2001:DB8:0:0::1: no route", "[address 1]: no route"),
        ("source:2001:db8:1:2:3:4:5:6", "source:[address 1]"),
        ("iface:2001:db8:1:2:3:4:5:6", "iface:[address 1]"),
        ("::ffff:203.0.113.7", "::ffff:[address 1]"),
        ("203.0.113.1-203.0.113.9", "[address 1]-[address 2]"),
        ("203.0.113.0/24", "[address 1]/24"),
        (r"\u0007203.0.113.7", r"\u0007[address 1]"),
        ("10.0.0.5 192.168.1.1 172.16.3.4 100.64.1.1 169.254.9.9 127.0.0.1", None),
        ("fe80::1%wlan0 fd12:3456:789a:1::1 ::1 ff02::fb", None),
        ("netmask 255.255.255.0 mask 0.0.0.0", None),
        ("version 10.0.19045.3570 and 1.2.3", None),
        ("std::vector 09:14:07", None),
    ],
)
def test_public_addresses_are_replaced_and_private_ones_are_not(written: str, shown: str | None) -> None:
    base = report(GATEWAY)
    assert detail(written, base) == (written if shown is None else shown)


def test_a_known_company_address_stays_unless_it_is_also_the_persons() -> None:
    assert detail("198.51.100.5 answered") == "198.51.100.5 answered"
    own = Fact(name="public", title="Public address", value="198.51.100.5", privacy=Privacy.ADDRESS)
    base = report(replace(INTERFACE, facts=(own,)), GATEWAY)
    assert detail("198.51.100.5 answered", base) == "[address 1] answered"


def test_an_address_made_from_a_hardware_address_keeps_only_its_network() -> None:
    assert detail("fe80::a683:e7ff:fe11:2233") == "fe80::[device 2]"
    assert detail("fd12:3456:0:1:a683:e7ff:fe11:2233") == "fd12:3456:0:1::[device 2]"


def test_addresses_of_persons_are_replaced_and_the_support_desks_is_not() -> None:
    assert detail("anna@example.com wrote to HELP@example.com") == "[e-mail 1] wrote to HELP@example.com"
    assert detail("mailto:annaschmidt@anna-laptop.fritz.box") == "mailto:[e-mail 1]"


def test_a_wifi_name_is_found_as_it_is_spelled_elsewhere() -> None:
    ssid = Fact(name="ssid", title="Wi-Fi name", value="Café Müller", privacy=Privacy.WIFI)
    base = report(replace(INTERFACE, facts=(ssid,)))
    for written in (
        "café müller",
        "Cafe\u0301 Mu\u0308ller",
        "Caf%C3%A9%20M%C3%BCller",
        "Caf\\xe9 M\\xfcller",
    ):
        assert detail(f"joined '{written}' now", base) == "joined '[wi-fi 1]' now"


def test_a_wifi_name_in_a_script_without_spaces_is_found_within_a_sentence() -> None:
    ssid = Fact(name="ssid", title="Wi-Fi name", value="张三的家", privacy=Privacy.WIFI)
    assert detail("连接张三的家失败", report(replace(INTERFACE, facts=(ssid,)))) == "连接[wi-fi 1]失败"


def test_a_name_cut_off_at_the_end_of_a_text_goes_too() -> None:
    assert detail("could not open /srv/annaschm…") == "could not open /srv/[user 1]…"
    assert detail("could not open the door…") == "could not open the door…"


def test_names_that_name_nobody_stay_words() -> None:
    base = report(environment=replace(HOME, user="root", computer="localhost", home="/root"))
    assert detail("root certificate for localhost, see /root/x", base) == (
        "root certificate for localhost, see [folder 1]/x"
    )
    assert redact(base, Level.SUPPORT).environment.user == "[user 1]"


def test_a_home_that_is_the_root_of_the_disk_does_not_eat_every_slash() -> None:
    base = report(environment=replace(HOME, home="/"))
    assert detail("/usr/lib and a/b", base) == "/usr/lib and a/b"


def test_where_a_profile_came_from_stays_where_it_is_no_folder() -> None:
    for source in ("office", "https://it.example.com/office.toml"):
        copy = redact(report(policy=replace(report().policy, source=source)), Level.SUPPORT)
        assert copy.policy.source == source
    assert redact(report(), Level.SUPPORT).policy.source.startswith("[folder ")


def test_the_note_for_oneself_is_replaced_whole() -> None:
    copy = redact(report(note="ask Tim, he broke it"), Level.SUPPORT)
    assert copy.note == "[note 1]"


def test_level_full_keeps_everything_and_says_so() -> None:
    made = report(note="mine")
    copy = redact(made, Level.FULL)
    assert copy == replace(made, redaction=copy.redaction)
    assert (copy.redaction.level, copy.redaction.replaced) == ("full", {})


def test_a_copy_that_was_redacted_is_never_called_full_again() -> None:
    copy = redact(report(), Level.SUPPORT)
    assert redact(copy, Level.FULL) == copy


def test_the_preview_can_show_a_kind_and_still_hide_the_others() -> None:
    copy = redact(report(), Level.SUPPORT, hide=PERSONAL - {Privacy.WIFI, Privacy.FOLDER})
    assert copy.results[0].facts[0].value == "Schmidts Netz"
    assert copy.environment.home == "/home/[user 1]"
    assert "wi-fi" not in copy.redaction.replaced


def test_the_preview_can_hide_a_kind_at_level_full() -> None:
    copy = redact(report(), Level.FULL, hide=frozenset({Privacy.WIFI}))
    assert copy.results[0].facts[0].value == "[wi-fi 1]"
    assert copy.environment == HOME


def test_the_manifest_counts_the_places_of_each_kind() -> None:
    copy = redact(report(note="n"), Level.SUPPORT)
    assert copy.redaction.level == "support"
    assert copy.redaction.replaced == {
        "address": 1, "computer": 1, "device": 3, "folder": 2, "note": 1, "user": 1, "wi-fi": 1,
    }  # fmt: skip


def test_a_text_that_goes_along_has_the_pseudonyms_of_the_report() -> None:
    redactor = Redactor(report(), Level.SUPPORT)
    before = redactor.report().redaction.replaced["user"]
    assert redactor.text("I am annaschmidt on Schmidts Netz") == "I am [user 1] on [wi-fi 1]"
    assert redactor.replaced["user"] == before + 1


def test_redacting_again_changes_nothing_and_new_names_get_new_numbers() -> None:
    copy = redact(with_text("annaschmidt"), Level.SUPPORT)
    assert redact(copy, Level.SUPPORT) == copy
    later = redact(replace(copy, environment=replace(copy.environment, user="bob")), Level.SUPPORT)
    assert later.environment.user == "[user 2]"
    assert later.redaction.replaced["user"] == copy.redaction.replaced["user"] + 1


def test_pseudonyms_written_by_a_stranger_are_not_reused() -> None:
    base = with_text("[user 7]")
    assert redact(base, Level.SUPPORT).environment.user == "[user 8]"


# Canaries: planted everywhere, found nowhere.

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


def test_the_examples_of_the_documentation_are_true() -> None:
    page = (Path(__file__).parent.parent.parent / "docs" / "privacy.md").read_text(encoding="utf-8")
    example = page.partition("## An example")[2].partition("##")[0]
    rows = re.findall(r"^\| `(.+?)` \| `(.+?)` \|$", example, re.MULTILINE)
    assert len(rows) == 8
    for before, after in rows:
        base = report(policy=replace(report().policy, source="office"))
        assert detail(before, base) == after
