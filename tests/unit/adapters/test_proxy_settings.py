"""Proxy settings of four desktops and what resolvers tell of encryption. The texts are composed after the documented forms."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from readycheck.adapters.proxy_settings import (
    bare_url,
    host_and_port,
    of_kioslaverc,
    of_linux,
    of_registry,
    of_scutil,
    registry_encrypts,
    resolver_encrypts,
)
from readycheck.errors import ChildFailed
from readycheck.ports import CommandAnswer, NotTold, ProxySettings

PAC = "http://wpad.corp.example/proxy.pac"
SCUTIL = """<dictionary> {
  ExceptionsList : <array> {
    0 : *.local
  }
  HTTPSEnable : 1
  HTTPSPort : 8080
  HTTPSProxy : proxy.corp.example
  ProxyAutoConfigEnable : 1
  ProxyAutoConfigURLString : http://wpad.corp.example/proxy.pac
  ProxyAutoDiscoveryEnable : 0
}
"""


def test_kde_is_read_by_the_kind_that_is_switched_on() -> None:
    text = f"[Proxy Settings]\nhttpsProxy=http://anna:pw@proxy.corp.example 8080\nProxy Config Script={PAC}\n"
    assert of_kioslaverc(f"{text}ProxyType=0\n") == ProxySettings(source="KDE")
    assert of_kioslaverc(f"{text}ProxyType=1\n") == ProxySettings(
        source="KDE", proxy="proxy.corp.example:8080"
    )
    assert of_kioslaverc(f"{text}ProxyType=2\n") == ProxySettings(source="KDE", pac_url=PAC)
    assert of_kioslaverc(f"{text}ProxyType=3\n") == ProxySettings(source="KDE", detects=True)


@pytest.mark.parametrize("text", ["", "[Other]\na=b\n", "[Proxy Settings]\n"])
def test_kde_without_settings_has_no_proxy(text: str) -> None:
    assert of_kioslaverc(text) == ProxySettings(source="KDE")


def test_a_file_that_is_none_of_kdes_is_not_read() -> None:
    assert of_kioslaverc("no section\n= 1") is None


class Gnome:
    """gsettings, with these values by key."""

    def __init__(self, **values: str) -> None:
        self.values = values

    async def __call__(self, command: Any, *, timeout_s: float, limit: int = 0) -> CommandAnswer:
        assert command == ["gsettings", "list-recursively", "org.gnome.system.proxy"]
        if not self.values:
            raise ChildFailed("gsettings: not found")
        told = {
            "proxy_mode": "'none'",
            "https_port": "0",
            "socks_port": "0",
            "http_port": "8080",
        } | self.values
        return CommandAnswer(code=0, stdout="".join(map(_row, told.items())).encode(), stderr=b"")


def _row(item: tuple[str, str]) -> str:
    kind, _, key = item[0].partition("_")
    schema = "org.gnome.system.proxy" + ("" if kind == "proxy" else f".{kind}")
    return f"{schema} {key.replace('_', '-')} {item[1]}\n"


@pytest.fixture(autouse=True)
def no_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_CURRENT_DESKTOP", raising=False)


def linux(tmp_path: Path, gnome: Gnome) -> ProxySettings:
    return asyncio.run(of_linux(gnome, tmp_path))


def test_gnome_is_asked_by_key(tmp_path: Path) -> None:
    by_file = Gnome(proxy_mode="'auto'", proxy_autoconfig_url=f"'{PAC}'")
    assert linux(tmp_path, by_file) == ProxySettings(source="GNOME", pac_url=PAC)
    assert linux(tmp_path, Gnome(proxy_mode="'auto'")).detects
    by_hand = Gnome(proxy_mode="'manual'", https_host="'proxy.corp.example'", https_port="uint32 8080")
    assert linux(tmp_path, by_hand).proxy == "proxy.corp.example:8080"
    assert linux(tmp_path, Gnome(proxy_mode="'none'")) == ProxySettings(source="GNOME")


def test_hosts_that_are_left_out_are_read_beside_a_proxy_by_hand_only(tmp_path: Path) -> None:
    out = "['localhost', '10.0.0.0/8', '*.corp.example']"
    by_hand = Gnome(
        proxy_mode="'manual'", https_host="'proxy.acme'", https_port="8080", proxy_ignore_hosts=out
    )
    assert linux(tmp_path, by_hand).but == ("localhost", "10.0.0.0/8", "*.corp.example")
    assert linux(tmp_path, Gnome(proxy_mode="'none'", proxy_ignore_hosts=out)).but == ()
    kde = "[Proxy Settings]\nProxyType=1\nhttpsProxy=http://proxy.acme 8080\nNoProxyFor=corp.example,.lan <local>\n"
    told = of_kioslaverc(kde)
    assert told is not None and told.but == ("corp.example", ".corp.example", ".lan", "<local>")


def test_a_proxy_of_kdes_for_a_list_of_hosts_alone_is_not_taken_for_one_of_all() -> None:
    kde = "[Proxy Settings]\nProxyType=1\nhttpsProxy=http://proxy.acme 8080\nNoProxyFor=a.example\nReversedException=true\n"
    assert of_kioslaverc(kde) == ProxySettings(source="KDE", unread=True)


def test_a_computer_without_a_desktop_does_not_tell(tmp_path: Path) -> None:
    with pytest.raises(NotTold):
        linux(tmp_path, Gnome())


@pytest.mark.parametrize(
    ("host", "port", "shown"),
    [
        ("http://proxy.acme", "8080", "proxy.acme:8080"),
        ("http://proxy.acme/", "8080", "proxy.acme:8080"),
        ("::1", "3128", "[::1]:3128"),
        ("anna:hunter2@proxy.acme", "8080", "proxy.acme:8080"),
        ("proxy.acme", "0", ""),
        ("proxy.acme:8080", "8080", ""),
        ("a" * 300, "8080", ""),
    ],
)
def test_a_host_of_gnomes_settings_is_read_like_every_other(
    tmp_path: Path, host: str, port: str, shown: str
) -> None:
    told = linux(tmp_path, Gnome(proxy_mode="'manual'", https_host=f"'{host}'", https_port=port))
    assert (told.proxy, told.unread) == (shown, not shown)
    assert "hunter2" not in repr(told)


def test_proxies_for_plain_pages_and_of_kind_socks_are_read_on_every_desktop(tmp_path: Path) -> None:
    by_hand = Gnome(
        proxy_mode="'manual'", socks_host="'s.example'", socks_port="1080", http_host="'h.example'"
    )
    kde = of_kioslaverc(
        "[Proxy Settings]\nProxyType=1\nsocksProxy=socks://s.example 1080\nhttpProxy=http://h.example 8080\n"
    )
    macos = of_scutil(
        "SOCKSEnable : 1\nSOCKSProxy : s.example\nSOCKSPort : 1080\n"
        "HTTPEnable : 1\nHTTPProxy : h.example\nHTTPPort : 8080\n"
    )
    windows = of_registry([{"Flags": 3, "ProxyServer": "socks=s.example:1080;http=h.example:8080"}])
    for told in (linux(tmp_path, by_hand), kde, macos, windows):
        assert told is not None
        assert (told.proxy, told.socks, told.plain) == ("", "s.example:1080", "h.example:8080"), told.source


def test_an_address_of_a_file_that_cannot_be_read_is_no_absence_of_a_proxy() -> None:
    assert of_registry([{"Flags": 5, "AutoConfigURL": "C:\\proxy.pac"}]).unread
    assert of_scutil("ProxyAutoConfigEnable : 1\nProxyAutoConfigJavaScript : function\n").unread
    told = of_kioslaverc("[Proxy Settings]\nProxyType=2\nProxy Config Script=anna:pw@host/p.pac\n")
    assert told == ProxySettings(source="KDE", unread=True)


@pytest.mark.parametrize(
    ("desktop", "source"), [("", "KDE"), ("KDE", "KDE"), ("ubuntu:GNOME", "GNOME"), ("XFCE", "KDE")]
)
def test_the_desktop_that_runs_counts_and_only_without_one_of_the_two_the_one_that_says_something(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, desktop: str, source: str
) -> None:
    monkeypatch.setenv("HOME", "/home/anna")
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", desktop)
    folder = tmp_path / "home" / "anna" / ".config"
    folder.mkdir(parents=True)
    (folder / "kioslaverc").write_text(f"[Proxy Settings]\nProxyType=2\nProxy Config Script={PAC}\n")
    assert linux(tmp_path, Gnome(proxy_mode="'none'")).source == source


def test_the_desktop_that_runs_and_does_not_tell_is_not_spoken_for_by_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "KDE")
    assert linux(tmp_path, Gnome(proxy_mode="'auto'")) == ProxySettings(source="KDE")
    folder = tmp_path / "etc" / "xdg"
    folder.mkdir(parents=True)
    (folder / "kioslaverc").write_text("no section\n= 1")
    with pytest.raises(NotTold):
        linux(tmp_path, Gnome(proxy_mode="'none'"))


def test_macos_is_read_from_scutil() -> None:
    told = of_scutil(SCUTIL)
    assert (told.proxy, told.pac_url, told.detects) == ("proxy.corp.example:8080", PAC, False)
    off = of_scutil(SCUTIL.replace("Enable : 1", "Enable : 0"))
    assert off == ProxySettings(source="macOS")


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"Flags": 1}, ProxySettings(source="Windows")),
        ({"Flags": 9}, ProxySettings(source="Windows", detects=True)),
        ({"Flags": 5, "AutoConfigURL": PAC}, ProxySettings(source="Windows", pac_url=PAC)),
        ({"Flags": 1, "AutoConfigURL": PAC}, ProxySettings(source="Windows")),
        ({"AutoConfigURL": PAC}, ProxySettings(source="Windows", pac_url=PAC)),
        (
            {"Flags": 3, "ProxyServer": "p.example:8080"},
            ProxySettings(source="Windows", proxy="p.example:8080"),
        ),
        (
            {"ProxyEnable": 1, "ProxyServer": "http=a:1;https=b.example:2"},
            ProxySettings(source="Windows", proxy="b.example:2", plain="a:1"),
        ),
        ({"Flags": True, "ProxyServer": 7}, ProxySettings(source="Windows")),
    ],
)
def test_windows_is_read_by_its_flags(row: dict[str, Any], expected: ProxySettings) -> None:
    assert of_registry([row]) == expected


def test_windows_without_a_row_does_not_tell() -> None:
    with pytest.raises(NotTold):
        of_registry([])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://anna:secret@proxy.example:8080", "proxy.example:8080"),
        ("[2001:db8::1]:3128", "[2001:db8::1]:3128"),
        ("proxy.example", "proxy.example:80"),
        ("proxy.example:notaport", ""),
        ("http://[half", ""),
        ("anna:12/ter2@proxy.example:80", ""),
        ("anna:12?x@proxy.example:80", ""),
        ("proxy.example:0", ""),
        ("", ""),
    ],
)
def test_a_setting_is_host_and_port_and_nothing_secret(text: str, shown: str) -> None:
    assert host_and_port(text) == shown


def test_a_user_name_in_the_address_of_a_file_is_dropped() -> None:
    assert bare_url("http://anna:secret@wpad.example/p.pac#x") == "http://wpad.example/p.pac"
    assert bare_url("file:///etc/proxy.pac") == "file:///etc/proxy.pac"


@pytest.mark.parametrize(
    "text",
    [
        "http://[half/",
        "anna:secret@wpad.example/p.pac",
        "//anna@wpad.example",
        "wpad.example/p.pac",
        "http:p.pac",
        "http://anna:12/secret@wpad.example/p.pac",
        "http://anna:12?secret@wpad.example/p.pac",
        "http://anna:se/cret@wpad.example/p.pac",
    ],
)
def test_what_is_no_whole_address_is_not_shown_at_all(text: str) -> None:
    assert bare_url(text) == ""


@pytest.mark.parametrize(
    ("text", "encrypts"),
    [
        ("Global\n  Protocols: -LLMNR -mDNS +DNSOverTLS DNSSEC=no/unsupported\n", True),
        ("Global\n  Protocols: +LLMNR +mDNS -DNSOverTLS DNSSEC=no/unsupported\n", False),
        ("Global\n  Protocols: +LLMNR +mDNS DNSOverTLS=opportunistic\n", None),
        ("DNSOverTLS setting: yes\n", True),
        ("", None),
        ("Global\n Protocols: -DNSOverTLS\nLink 2 (eth0)\n Protocols: +DNSOverTLS\n", None),
        ("Global\n Protocols: +DNSOverTLS\nLink 2 (eth0)\n Protocols: +DNSOverTLS\n", True),
    ],
)
def test_a_resolver_tells_whether_it_encrypts(text: str, encrypts: bool | None) -> None:
    assert resolver_encrypts(text) is encrypts


def test_windows_encrypts_with_a_server_that_is_upgraded() -> None:
    assert registry_encrypts([{"ServerAddress": "1.1.1.1", "AutoUpgrade": True}])
    assert not registry_encrypts([{"ServerAddress": "1.1.1.1", "AutoUpgrade": False}])
    assert not registry_encrypts([])
