"""What the settings of four desktops say about proxies, and those of resolvers about encryption. Parsers are pure; user names and
passwords in a setting are dropped when it is read.
"""

import configparser
import ipaddress
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from readycheck.adapters.system_common import Run, text_of
from readycheck.ports import NotTold, ProxySettings
from readycheck.text import clean

GNOME: Final = "org.gnome.system.proxy"
COMMAND_S: Final = 2.0
_ENCRYPTS: Final = {"+": True, "yes": True, "-": False, "no": False}
_LONGEST: Final = 65_536
_LONGEST_FILE: Final = 16_384
_MOST_LEFT_OUT: Final = 200
_KINDS: Final = ("https", "http", "socks")  # the pages that a setting is for, "socks" for all of them
_PORTS: Final = {"https": 80, "http": 80, "socks": 1080}
_NAME: Final = re.compile(r"[^\s\x00-\x1f\x7f-\xa0/@:\[\]%]{1,253}")
_MANUAL, _BY_FILE, _DETECTED = "1", "2", "3"  # KDE: KProtocolManager::ProxyType
_FLAG_PROXY, _FLAG_FILE, _FLAG_DETECTS = 2, 4, 8  # Windows: INTERNET_PER_CONN_FLAGS (wininet.h)


async def of_linux(run: Run, root: Path) -> ProxySettings:
    """Of the desktop that runs here, if it is one of the two; else of the one that says something. Raises NotTold where the
    one that counts does not tell."""
    desktops = os.environ.get("XDG_CURRENT_DESKTOP", "").upper().split(":")  # freedesktop.org: "ubuntu:GNOME"
    if "KDE" in desktops:
        return _kde_file(root) or ProxySettings(source="KDE")  # a file is there once something was set
    if "GNOME" in desktops:
        return await _gnome(run)
    of_kde = _kde_file(root)
    try:
        of_gnome = await _gnome(run)
    except NotTold:
        if of_kde is None:
            raise
        return of_kde
    return of_gnome if of_kde is None or _says_something(of_gnome) else of_kde


def _says_something(settings: ProxySettings) -> bool:
    return settings != ProxySettings(source=settings.source)


def _kde_file(root: Path) -> ProxySettings | None:
    """The person's file, else the one for everybody; None where there is neither. Raises NotTold for one that cannot be read."""
    for folder in (Path.home().relative_to("/") / ".config", Path("etc/xdg")):
        try:
            text = (root / folder / "kioslaverc").read_text(errors="replace")
        except FileNotFoundError:
            continue
        except OSError as problem:
            raise NotTold(f"kioslaverc cannot be read: {problem.strerror}") from None
        if (found := of_kioslaverc(text)) is None:
            raise NotTold("kioslaverc is not written as KDE writes it")
        return found
    return None


async def _gnome(run: Run) -> ProxySettings:
    return of_gsettings(await text_of(run, ["gsettings", "list-recursively", GNOME], timeout_s=COMMAND_S))


def of_gsettings(text: str) -> ProxySettings:
    """GNOME: lines of schema, key and value, texts between single quotes (GVariant). Raises NotTold where there is no mode."""
    said = {}
    for line in text[:_LONGEST].splitlines():
        schema, _, rest = line.partition(" ")
        key, _, value = rest.partition(" ")
        said[schema.removeprefix(GNOME).lstrip("."), key] = value.strip().removeprefix("uint32 ").strip("'\"")
    mode = said.get(("", "mode"))
    if mode is None:
        raise NotTold("GNOME keeps no proxy settings here")

    def by_hand(kind: str) -> str:
        return _beside(said.get((kind, "host"), ""), said.get((kind, "port"), ""))

    url = said.get(("", "autoconfig-url"), "")
    return _settings(
        "GNOME",
        by_hand={kind: by_hand(kind) for kind in _KINDS} if mode == "manual" else {},
        script=url if mode == "auto" else "",
        detects=mode == "auto" and not url,
        but=re.findall(r"'([^']*)'", said.get(("", "ignore-hosts"), "")),
    )


def of_kioslaverc(text: str) -> ProxySettings | None:
    """KDE's file; None where it cannot be read. ``httpsProxy=http://host port`` has a blank before the port."""
    parser = configparser.ConfigParser(interpolation=None, strict=False, allow_no_value=True)
    try:
        parser.read_string(text[:_LONGEST_FILE])
    except (configparser.Error, AttributeError):  # the latter of a continued line behind a key alone
        return None
    section: Mapping[str, str | None] = (
        parser["Proxy Settings"] if parser.has_section("Proxy Settings") else {}
    )
    kind = (section.get("ProxyType") or "").strip()
    if kind == _MANUAL and (section.get("ReversedException") or "").strip().lower() == "true":
        return ProxySettings(source="KDE", unread=True)  # a proxy for the hosts of that list alone
    return _settings(
        "KDE",
        by_hand={each: section.get(f"{each}Proxy") or "" for each in _KINDS} if kind == _MANUAL else {},
        script=(section.get("Proxy Config Script") or "") if kind == _BY_FILE else "",
        script_is_on=kind == _BY_FILE,
        detects=kind == _DETECTED,
        but=[form for host in _list(section.get("NoProxyFor") or "") for form in _whole_domain(host)],
    )


def of_scutil(text: str) -> ProxySettings:
    """macOS: ``scutil --proxy``, lines of ``Key : value``."""
    pairs = (line.partition(" : ") for line in text[:_LONGEST].splitlines())
    said = {key.strip(): value.strip() for key, colon, value in pairs if colon}
    on = [kind for kind in _KINDS if said.get(f"{kind.upper()}Enable") == "1"]
    by_file = said.get("ProxyAutoConfigEnable") == "1"
    return _settings(
        "macOS",
        by_hand={
            kind: _beside(said.get(f"{kind.upper()}Proxy", ""), said.get(f"{kind.upper()}Port", ""))
            for kind in on
        },
        script=said.get("ProxyAutoConfigURLString", "") if by_file else "",
        script_is_on=by_file,
        detects=said.get("ProxyAutoDiscoveryEnable") == "1",
    )


def of_registry(rows: Sequence[Mapping[str, Any]]) -> ProxySettings:
    """Windows: the person's Internet Settings. Without flags, an address that is there counts. Raises NotTold for no row."""
    for row in rows[:1]:
        told, url = row.get("Flags"), str(row.get("AutoConfigURL") or "")
        guessed = (_FLAG_FILE if url else 0) | (_FLAG_PROXY if row.get("ProxyEnable") == 1 else 0)
        flags = told if type(told) is int else guessed
        return _settings(
            "Windows",
            by_hand=_of_list(str(row.get("ProxyServer") or "")) if flags & _FLAG_PROXY else {},
            script=url if flags & _FLAG_FILE else "",
            detects=bool(flags & _FLAG_DETECTS),
        )
    raise NotTold("Windows keeps no proxy settings for this person")


def _of_list(text: str) -> dict[str, str]:
    """``host:port`` for all kinds of pages, or a list such as ``http=a:80;https=b:8080;socks=c:1080``."""
    parts = dict(part.strip().partition("=")[::2] for part in text[:2_000].split(";") if "=" in part)
    return {kind: parts.get(kind, "") for kind in _KINDS} if parts else {"https": text}


def _list(text: str) -> list[str]:
    return [entry for entry in re.split(r"[\s,;]+", text[:_LONGEST_FILE]) if entry]


def _whole_domain(host: str) -> tuple[str, ...]:
    """KDE leaves out what ends with such an entry: a host, and everything below it."""
    return (host,) if host.startswith((".", "*", "<")) else (host, f".{host}")


def _settings(
    source: str,
    *,
    by_hand: Mapping[str, str],
    script: str,
    detects: bool,
    script_is_on: bool = False,
    but: Sequence[str] = (),
) -> ProxySettings:
    """``by_hand``: by kind what is written there, empty where nothing is; ``script``: the address of a file that is in use.

    What is written and cannot be read is ``unread``: a proxy may be in use then, and nobody can tell which.
    """
    read = {
        kind: host_and_port(written, port=_PORTS[kind])
        for kind, written in by_hand.items()
        if written.strip()
    }
    pac_url = bare_url(script)
    return ProxySettings(
        source=source,
        proxy=read.get("https", ""),
        socks=read.get("socks", ""),
        plain=read.get("http", ""),
        pac_url=pac_url,
        detects=detects,
        but=tuple(clean(host.strip(), 253) for host in but[:_MOST_LEFT_OUT] if host.strip())
        if any(read.values())
        else (),
        unread="" in read.values() or (not pac_url and bool(script or script_is_on)),
    )


def _beside(host: str, port: str) -> str:
    """Host and port of two settings; an address of IPv6 is put into brackets, empty where there is no host."""
    bare = host.strip().rstrip("/")
    shown = f"[{bare}]" if _is_ipv6(bare) else bare
    return f"{shown}:{port}" if bare and port else shown


def _is_ipv6(text: str) -> bool:
    try:
        return ipaddress.ip_address(text).version == 6
    except ValueError:
        return False


def host_and_port(text: str, *, port: int = 80) -> str:
    """Of ``http://user:secret@host:port``, ``host port`` and the like: ``host:port``; empty where none is named, or where it
    does not show what is secret in it. ``port``: where none is written."""
    plain = re.sub(r"\s+", ":", text.strip()[:500])
    try:
        parts = urlsplit(plain if "://" in plain else f"http://{plain}")
        host, written = parts.hostname or "", parts.port
    except ValueError:
        return ""
    in_two = (
        "@" in parts.path + parts.query + parts.fragment
    )  # a password with a slash: what came before is no host
    if in_two or written == 0 or not (_is_ipv6(host) or _NAME.fullmatch(host)):
        return ""
    shown = f"[{host}]" if ":" in host else host
    return f"{shown}:{written or (443 if parts.scheme == 'https' else port)}"


def bare_url(text: str) -> str:
    """The URL without user name and password; empty for everything that is not ``scheme://host`` or a file of this computer."""
    try:
        parts = urlsplit(text.strip()[:2_000])
        host, _ = parts.hostname, parts.port
    except ValueError:
        return ""
    rest = parts.path or parts.query + parts.fragment
    if "@" in rest or not parts.scheme or not (host or (parts.scheme == "file" and rest.startswith("/"))):
        return ""  # a password with a slash or a question mark: what came before it is no host
    return clean(parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment="").geturl(), 2_000)


def resolver_encrypts(text: str) -> bool | None:
    """systemd-resolved's ``resolvectl status``: ``+DNSOverTLS`` or ``DNSOverTLS=opportunistic``, for the computer and for each
    of its links. None where it does not say, or not the same for all."""
    found = re.findall(r"([+-])DNSOverTLS\b|DNSOverTLS(?: setting: |=)(\w+)", text[:_LONGEST])
    told = {_ENCRYPTS.get(sign or word) for sign, word in found}
    return told.pop() if len(told) == 1 else None


def registry_encrypts(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Windows: a name server that is set, and for which the client uses HTTPS by itself."""
    return any(row.get("AutoUpgrade") is True for row in rows)
