"""What the settings of four desktops say about proxies, and those of resolvers about encryption. Parsers are pure; user names and
passwords in a setting are dropped when it is read.
"""

import asyncio
import configparser
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
_LONGEST: Final = 65_536
_LONGEST_FILE: Final = 16_384
_MANUAL, _BY_FILE, _DETECTED = "1", "2", "3"  # KDE: KProtocolManager::ProxyType
_FLAG_PROXY, _FLAG_FILE, _FLAG_DETECTS = 2, 4, 8  # Windows: INTERNET_PER_CONN_FLAGS (wininet.h)


async def of_linux(run: Run, root: Path) -> ProxySettings:
    """Raises NotTold where neither desktop has settings."""
    of_kde, of_gnome = _kde_file(root), await _gnome(run)
    in_order = (
        (of_kde, of_gnome) if "KDE" in os.environ.get("XDG_CURRENT_DESKTOP", "") else (of_gnome, of_kde)
    )
    found = [each for each in in_order if each is not None]
    if not found:
        raise NotTold("no desktop keeps proxy settings here")
    return next((each for each in found if each.proxy or each.pac_url or each.detects), found[0])


def _kde_file(root: Path) -> ProxySettings | None:
    home = Path.home()
    try:
        text = (root / home.relative_to("/") / ".config" / "kioslaverc").read_text(errors="replace")
    except (OSError, ValueError):
        return None
    return of_kioslaverc(text)


async def _gnome(run: Run) -> ProxySettings | None:
    keys = (("", "mode"), ("", "autoconfig-url"), (".https", "host"), (".https", "port"))
    try:
        asked = (
            text_of(run, ["gsettings", "get", GNOME + part, key], timeout_s=COMMAND_S) for part, key in keys
        )
        mode, url, host, port = (_unquoted(said) for said in await asyncio.gather(*asked))
    except NotTold:
        return None
    proxy = f"{host}:{port}" if mode == "manual" and host else ""
    by_file = url if mode == "auto" else ""
    return ProxySettings(
        source="GNOME", proxy=clean(proxy, 253), pac_url=bare_url(by_file), detects=mode == "auto" and not url
    )


def _unquoted(said: str) -> str:
    """As GVariant writes a text: between single quotes; numbers with their type before them."""
    return said.strip().removeprefix("uint32 ").removeprefix("int32 ").strip("'")


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
    manual = section.get("httpsProxy") or ""
    script = section.get("Proxy Config Script") or ""
    return ProxySettings(
        source="KDE",
        proxy=host_and_port(manual) if kind == _MANUAL else "",
        pac_url=bare_url(script) if kind == _BY_FILE else "",
        detects=kind == _DETECTED,
    )


def of_scutil(text: str) -> ProxySettings:
    """macOS: ``scutil --proxy``, lines of ``Key : value``."""
    pairs = (line.partition(" : ") for line in text[:_LONGEST].splitlines())
    said = {key.strip(): value.strip() for key, colon, value in pairs if colon}
    manual = f"{said.get('HTTPSProxy', '')}:{said.get('HTTPSPort', '443')}"
    return ProxySettings(
        source="macOS",
        proxy=host_and_port(manual) if said.get("HTTPSEnable") == "1" and said.get("HTTPSProxy") else "",
        pac_url=bare_url(said.get("ProxyAutoConfigURLString", ""))
        if said.get("ProxyAutoConfigEnable") == "1"
        else "",
        detects=said.get("ProxyAutoDiscoveryEnable") == "1",
    )


def of_registry(rows: Sequence[Mapping[str, Any]]) -> ProxySettings:
    """Windows: the person's Internet Settings. Without flags, an address that is there counts. Raises NotTold for no row."""
    for row in rows[:1]:
        told, url = row.get("Flags"), str(row.get("AutoConfigURL") or "")
        guessed = (_FLAG_FILE if url else 0) | (_FLAG_PROXY if row.get("ProxyEnable") == 1 else 0)
        flags = told if type(told) is int else guessed
        return ProxySettings(
            source="Windows",
            proxy=_of_list(str(row.get("ProxyServer") or "")) if flags & _FLAG_PROXY else "",
            pac_url=bare_url(url) if flags & _FLAG_FILE else "",
            detects=bool(flags & _FLAG_DETECTS),
        )
    raise NotTold("Windows keeps no proxy settings for this person")


def _of_list(text: str) -> str:
    """``host:port``, or a list such as ``http=a:80;https=b:8080``."""
    parts = dict(part.partition("=")[::2] for part in text[:2_000].split(";") if "=" in part)
    return host_and_port(parts.get("https", "") if parts else text)


def host_and_port(text: str) -> str:
    """Of ``http://user:secret@host:port``, ``host port`` and the like: ``host:port``; empty where none is named."""
    plain = re.sub(r"\s+", ":", text.strip()[:500])
    try:
        parts = urlsplit(plain if "://" in plain else f"http://{plain}")
        host, port = parts.hostname, parts.port
    except ValueError:
        return ""
    if not host:
        return ""
    shown = f"[{host}]" if ":" in host else host
    return clean(f"{shown}:{port or (443 if parts.scheme == 'https' else 80)}", 260)


def bare_url(text: str) -> str:
    """The URL without user name and password; empty where it is none."""
    try:
        parts = urlsplit(text.strip()[:2_000])
    except ValueError:
        return ""
    return clean(parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment="").geturl(), 2_000)


def resolver_encrypts(text: str) -> bool | None:
    """systemd-resolved's ``resolvectl status``: ``+DNSOverTLS`` or ``DNSOverTLS=opportunistic``; None where it does not say."""
    found = re.search(r"([+-])DNSOverTLS\b|DNSOverTLS=(\w+)|DNSOverTLS setting: (\w+)", text[:_LONGEST])
    if found is None or "opportunistic" in (found[2], found[3]):
        return None
    return found[1] == "+" or "yes" in (found[2], found[3])


def registry_encrypts(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Windows: a name server that is set, and for which the client uses HTTPS by itself."""
    return any(row.get("AutoUpgrade") is True for row in rows)
