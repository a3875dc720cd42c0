"""What a gateway with a web face says before anybody signs in, and what stands in its place. Pure: reads answers, asks nobody.

AnyConnect: draft-mavrogiannopoulos-openconnect, 2.1.2. GlobalProtect: its prelogin page, as openconnect asks it. Fortinet: the
sign-in page of its SSL-VPN. SSTP: MS-SSTP 3.2.4.1. All as of 2026-11. Paths and marks belong to the protocols, not to a customer.
"""

import re
from dataclasses import dataclass
from typing import Final

from readycheck.api import HttpAnswer, clean_bytes

MOVED: Final = (301, 302, 303, 307, 308)
NETWORK: Final = (407, 511)  # said by a proxy or a sign-in page, not by a gateway
UNTOLD: Final = (401, 403, 408, 425, 429)  # a filter for strangers says so too
_TWO_WAY: Final = re.compile(
    rb"content-length:[ \t]*18446744073709551615", re.IGNORECASE
)  # SSTP's sign of a channel that has no end (MS-SSTP 4.1)
_UNKNOWN_METHOD: Final = 501  # RFC 9110, 15.6.2: no trouble of the moment
_PALO_ALTO_OWN: Final = (512, 513)
_FORTINET: Final = (b"/remote/logincheck", b"/remote/saml", b"fgt_lang", b"sslvpn", b"svpncookie")
_PRODUCTS: Final = (
    ("Cisco AnyConnect", (b"<config-auth", b"/+cscoe+/", b"x-transcend-version", b"webvpn")),
    ("Palo Alto GlobalProtect", (b"<prelogin-response", b"/global-protect/", b"x-private-pan")),
    ("the sign-in page of Fortinet's SSL-VPN", _FORTINET),
    ("the management page of a FortiGate", (b"/login?redir=", b"fortigate")),
    ("Ivanti (Pulse) Connect Secure", (b"/dana-na/",)),
    ("a Citrix gateway", (b"/vpn/index.html", b"/logon/logonpoint")),
    ("an F5 gateway", (b"/my.policy", b"/my.logon")),
)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """``alive``: a gateway of the kind that was asked; ``instead``: what else it proved to be; ``trouble``: its own word that
    it cannot; ``untold``: why it could not be told; ``notes``: what else it said, in words."""

    alive: bool = False
    instead: str = ""
    trouble: str = ""
    untold: str = ""
    notes: tuple[str, ...] = ()


def anyconnect(answer: HttpAnswer) -> Seen:
    """To the first message of the protocol."""
    asks = b"<config-auth" in answer.body and b'type="auth-request"' in answer.body
    moved = answer.status in MOVED and "x-transcend-version" in answer.headers
    return Seen(alive=True) if asks or moved else _something_else(answer)


def globalprotect(portal: HttpAnswer, gateway: HttpAnswer) -> Seen:
    """To both prelogin requests: a firewall can be portal, gateway or both."""
    said = [_prelogin(portal), _prelogin(gateway)]
    if all(each is None for each in said):
        return _something_else(portal)
    roles = zip(("portal", "gateway"), said, strict=True)
    serving = [role for role, each in roles if each is not None and not each.absent]
    if not serving:
        return Seen(instead="a Palo Alto firewall on which GlobalProtect is not set up")
    saml = any(each is not None and each.saml for each in said)
    notes = (f"it is {' and '.join(serving)}", *(["people sign in on a web page (SAML)"] * saml))
    return Seen(alive=True, notes=notes)


@dataclass(frozen=True)
class _Prelogin:
    absent: bool
    saml: bool


def _prelogin(answer: HttpAnswer) -> _Prelogin | None:
    """What a prelogin page says; None where it is none. 512 and 513 are the firewall's own, with its own header."""
    own = answer.status in _PALO_ALTO_OWN and any(name.startswith("x-private-pan") for name in answer.headers)
    if b"<prelogin-response" not in answer.body:
        return _Prelogin(absent=False, saml=False) if own else None
    status = re.search(rb"<status>\s*([A-Za-z]{1,20})\s*</status>", answer.body)
    failing = status is not None and status[1].lower() == b"error"
    gone = b"does not exist" in answer.body or b"not enabled" in answer.body
    return _Prelogin(absent=failing and gone, saml=b"<saml-auth-method>" in answer.body)


def fortinet(answer: HttpAnswer) -> Seen:
    """To the sign-in page of the SSL-VPN."""
    location = answer.headers.get("location", "").lower()
    if answer.status in MOVED and location.partition("?")[0].find("/remote/") >= 0:
        return Seen(alive=True, notes=("people sign in on a web page (SAML)",) * ("saml" in location))
    shown = answer.body.lower() + answer.headers.get("set-cookie", "").lower().encode()
    if answer.status == 200 and any(mark in shown for mark in _FORTINET):
        return Seen(
            alive=True, notes=("people may sign in on a web page (SAML)",) * (b"/remote/saml" in shown)
        )
    return _something_else(answer)


def sstp(head: bytes) -> Seen:
    """To SSTP_DUPLEX_POST: the first line that came, and the headers after it."""
    first_line, _, headers = head.partition(b"\n")
    match = re.match(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: |\r|$)", first_line)
    if match is None:
        return Seen(untold=f"it says {clean_bytes(first_line[:40])!r}" if first_line else "it says nothing")
    status = int(match[1])
    if status == 200 and any(_TWO_WAY.fullmatch(line.strip()) for line in headers.split(b"\n")):
        return Seen(alive=True)
    if status == 200:
        return Seen(instead="a web server that knows no SSTP")
    known = None if status == _UNKNOWN_METHOD else _by_status(status)
    return known or Seen(instead=f"a web server (HTTP {status})")


def _something_else(answer: HttpAnswer) -> Seen:
    return _by_status(answer.status, recognised(answer)) or Seen(
        instead=recognised(answer) or f"a web server (HTTP {answer.status})"
    )


def _by_status(status: int, product: str = "") -> Seen | None:
    """What a status says by itself; None where it takes the page to tell."""
    if status in NETWORK:
        return Seen(untold=f"this network itself asks to sign in (HTTP {status})")
    if status in UNTOLD and not product:
        return Seen(untold=f"it turns this request away (HTTP {status})")
    if status >= 500 and not product:
        return Seen(trouble=f"HTTP {status}")
    return None


def recognised(answer: HttpAnswer) -> str:
    """The product that shows itself in an answer; empty where none does."""
    headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    shown = answer.body.lower() + headers.lower().encode("utf-8", "replace")
    return next((name for name, marks in _PRODUCTS if any(mark in shown for mark in marks)), "")
