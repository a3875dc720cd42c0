"""Names, folders and addresses are found in any sentence, however they are written, and words stay words."""

import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from readycheck.model import Fact
from readycheck.privacy import Privacy
from readycheck.redact import Level, redact
from tests.unit.redacting import detail
from tests.unit.sample_reports import GATEWAY, HOME, INTERFACE, report


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


def test_the_examples_of_the_documentation_are_true() -> None:
    page = (Path(__file__).parent.parent.parent / "docs" / "privacy.md").read_text(encoding="utf-8")
    example = page.partition("## An example")[2].partition("##")[0]
    rows = re.findall(r"^\| `(.+?)` \| `(.+?)` \|$", example, re.MULTILINE)
    assert len(rows) == 8
    for before, after in rows:
        base = report(policy=replace(report().policy, source="office"))
        assert detail(before, base) == after
