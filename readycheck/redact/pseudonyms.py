"""The pseudonyms of one report: the same personal value reads ``[user 1]`` wherever it stands, also inside a sentence.

Keeps the list of values to itself and writes it nowhere; which field is personal is the business of fields.py.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Final
from urllib.parse import quote

from readycheck.privacy import Privacy
from readycheck.redact import spotting

# Names that many machines share: they name a role or nothing, and in a sentence they are ordinary words.
_ROLES: Final = ("root", "admin", "administrator", "system", "user", "guest", "owner", "default", "public")
NOBODY: Final = frozenset((*_ROLES, "localhost", "localhost.localdomain"))
_ELLIPSIS: Final = "…"
_TOKEN: Final = re.compile(spotting.TOKEN)
_MAC: Final = re.compile(spotting.MAC, re.IGNORECASE)
_URL: Final = re.compile(r"https?://", re.IGNORECASE)


class Pseudonyms:
    """``hide``: the classes to replace. ``taken``: the highest number a kind has in a report that was redacted before."""

    def __init__(self, hide: frozenset[Privacy], taken: Mapping[str, int]) -> None:
        self._hide = hide
        self._numbers = Counter(taken)
        self._names: dict[tuple[Privacy, str], str] = {}
        self._known: dict[str, tuple[Privacy, str]] = {}
        self._written: set[str] = set()
        self._ours: set[str] = set()
        self.replaced: Counter[str] = Counter()

    def allow(self, texts: Iterable[str]) -> None:
        """Addresses in these texts belong to the company or a vendor and stay readable. Comes before learn()."""
        for text in texts:
            self._ours |= spotting.addresses_and_emails(text)

    def learn(self, privacy: Privacy, value: str) -> None:
        """A personal value: from now on it is found in any text. Comes before the first scan()."""
        if privacy not in self._hide or privacy is Privacy.NOTE or _TOKEN.search(value):
            return
        self._ours -= spotting.addresses_and_emails(value)
        if _speaks_for_itself(privacy, value):
            return
        spellings = {spelling for spelling in _spellings(privacy, value) if _searchable(spelling)}
        known = (self._known.get(spelling.casefold()) for spelling in sorted(spellings))
        same = next((name for kind, name in filter(None, known) if kind is privacy), None)
        name = self._names.setdefault((privacy, _key(privacy, value)), same or self._name(privacy, value))
        self._written |= spellings
        for spelling in spellings:
            self._known.setdefault(spelling.casefold(), (privacy, name))

    def whole(self, privacy: Privacy, value: str) -> str:
        """What a personal field shows instead of its value. An address field keeps ports and private addresses."""
        if privacy not in self._hide:
            return self.scan(value)
        if not value or _TOKEN.fullmatch(value):
            return value
        if _speaks_for_itself(privacy, value):
            return self.scan(value)
        return self._count(privacy, self._name(privacy, value))

    def scan(self, text: str) -> str:
        """A free text with every personal value in it replaced."""
        return self._without_stump(self._pattern.sub(self._replace, text))

    def _name(self, privacy: Privacy, value: str) -> str:
        key = (privacy, _key(privacy, value))
        if key not in self._names:
            self._numbers[privacy] += 1
            self._names[key] = f"[{privacy} {self._numbers[privacy]}]"
        return self._names[key]

    def _count(self, privacy: Privacy, name: str) -> str:
        self.replaced[str(privacy)] += 1
        return name

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        """Everything to look for, as one pattern: so that what was replaced is never looked at again."""
        known = "|".join(_bounded(spelling) for spelling in sorted(self._written, key=len, reverse=True))
        parts = (
            ("token", spotting.TOKEN, True),
            ("email", spotting.EMAIL, Privacy.EMAIL in self._hide),
            ("known", known, bool(known)),
            ("mac", spotting.MAC, Privacy.DEVICE in self._hide),
            ("home", spotting.HOME, Privacy.FOLDER in self._hide),
            ("ipv6", spotting.IPV6, Privacy.ADDRESS in self._hide),
            ("ipv4", f"{spotting.IPV4}|{spotting.DASHED}", Privacy.ADDRESS in self._hide),
        )
        return re.compile("|".join(f"(?P<{n}>{p})" for n, p, wanted in parts if wanted), re.IGNORECASE)

    def _replace(self, match: re.Match[str]) -> str:
        found = match.group()
        match match.lastgroup:
            case "known":
                return self._count(*self._known_as(found))
            case "email" if found.casefold() not in self._ours:
                return self._count(Privacy.EMAIL, self._name(Privacy.EMAIL, found))
            case "mac" if not spotting.is_fingerprint(found):
                return self._count(Privacy.DEVICE, self._name(Privacy.DEVICE, found))
            case "home":
                return self._count(Privacy.FOLDER, self._name(Privacy.FOLDER, found))
            case "ipv4" | "ipv6":
                return self._address(found)
            case _:
                return found

    def _known_as(self, found: str) -> tuple[Privacy, str]:
        """Letter case has corners where two spellings match and yet fold differently (Turkish dotted I)."""
        folded = found.casefold()
        if folded not in self._known:
            spellings = (s for s in self._written if re.fullmatch(re.escape(s), found, re.IGNORECASE))
            folded = next(spellings).casefold()
        return self._known[folded]

    def _address(self, written: str) -> str:
        """A readable address, or its pseudonym; a colon that ends the sentence stays."""
        if written.endswith(":") and not written.endswith("::"):
            return self._address(written[:-1]) + ":"
        ip = spotting.ip_of(written)
        if ip is None or ip in self._ours:
            return written
        if spotting.is_public(ip):
            return self._count(Privacy.ADDRESS, self._name(Privacy.ADDRESS, ip))
        mac = spotting.mac_inside(ip)
        if mac is None or Privacy.DEVICE not in self._hide:
            return written
        return spotting.network_part(ip) + self._count(Privacy.DEVICE, self._name(Privacy.DEVICE, mac))

    def _without_stump(self, text: str) -> str:
        """A text that was cut at its length limit may end within a personal value: what is left of it goes too."""
        if not text.endswith(_ELLIPSIS):
            return text
        body = text.removesuffix(_ELLIPSIS)
        for spelling, (privacy, name) in self._known.items():
            for size in range(len(spelling) - 1, 2, -1):
                stump = body[-size:].casefold() == spelling[:size]
                if stump and not body[-size - 1 : -size].isalnum():
                    return body[:-size] + self._count(privacy, name) + _ELLIPSIS
        return text


def _speaks_for_itself(privacy: Privacy, value: str) -> bool:
    """Whether a personal field is better scanned than replaced whole: addresses with their ports, profiles by name or URL."""
    if privacy is Privacy.ADDRESS:
        return bool(spotting.addresses_and_emails(value) or _TOKEN.search(value))
    return privacy is Privacy.FOLDER and bool(_URL.match(value) or not re.search(r"[\\/]", value))


def _key(privacy: Privacy, value: str) -> str:
    if privacy is Privacy.FOLDER:
        return spotting.folder_key(value)
    if privacy is Privacy.DEVICE and (_MAC.fullmatch(value) or re.fullmatch("[0-9a-f]{12}", value)):
        return spotting.hex_of(value)
    return value.casefold()


def _spellings(privacy: Privacy, value: str) -> set[str]:
    """All the ways one value is written in texts: with either slash, without its domain, percent-encoded, spelled out."""
    plain = {value}
    if privacy is Privacy.USER:
        plain |= {value.rpartition("\\")[2], value.partition("@")[0]}
    elif privacy is Privacy.COMPUTER:
        plain.add(value.partition(".")[0])
    elif privacy is Privacy.FOLDER:
        path = re.sub(r"[\\/]+", "/", value).rstrip("/")
        plain |= {path, path.replace("/", "\\"), path.replace("/", "\\\\")}
    elif privacy is Privacy.DEVICE and _MAC.fullmatch(value):
        plain.add(spotting.hex_of(value))
    forms = {unicodedata.normalize(form, text) for text in plain for form in ("NFC", "NFD")} | plain
    if value.isascii() and " " not in value:
        return forms
    return forms | {
        spelled for text in plain for spelled in (quote(text), ascii(text)[1:-1], repr(text.encode())[2:-1])
    }


def _searchable(spelling: str) -> bool:
    """Not a role's name, which would be missed in every sentence, and not a mere separator such as ``/``."""
    return spelling.casefold() not in NOBODY and any(char.isalnum() for char in spelling)


def _bounded(spelling: str) -> str:
    """Only as a whole word, where it begins and ends with a letter or digit of ASCII; other scripts put no space between."""
    start = spotting.START if spelling[0].isascii() and spelling[0].isalnum() else ""
    end = spotting.END if spelling[-1].isascii() and spelling[-1].isalnum() else ""
    return start + re.escape(spelling) + end
