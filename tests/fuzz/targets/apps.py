"""What servers of mail, chat, telephone and sign-in say, and where they are."""

import json
from typing import Final

import httpx

from readycheck.adapters.http import Asked, parts_of
from readycheck.api import Closed, ContactRoute, Garbled, TlsAnswer, Where
from readycheck.testing import tls_answer
from readycheck_checks import sip_phone, system_version
from readycheck_checks.asking import endpoints, proxies
from readycheck_checks.chats import upgrade
from readycheck_checks.contact import smtp, visit
from readycheck_checks.identity import kerberos, openid, realm
from readycheck_checks.mail import imap, imap_lines, servers, submission
from readycheck_checks.phone import sip
from tests.fuzz.target import Target, text, waited

_QUESTION: Final = sip.Question(
    transport="udp", host="pbx.example", own_address="192.0.2.5", own_port=50_600, token="0123456789abcdef"
)
_SIP: Final = (
    b"SIP/2.0 200 OK\r\n"
    b"Via: SIP/2.0/UDP 192.0.2.5:50600;branch=z9hG4bK0123456789abcdef;rport=9;received=203.0.113.7,"
    b" SIP / 2.0 / TCP other:1;branch=x\r\n"
    b"f: <sip:readycheck@anonymous.invalid>;tag=0123456789abcdef\r\n"
    b"i: 0123456789abcdef@readycheck.invalid\r\n"
    b"CSeq: 1 OPTIONS\r\nServer: a server\r\nl: 0\r\n\r\nbody"
)


def _sip(data: bytes) -> object:
    said = sip.parse(data)
    if said is not None:
        sip.changes(_QUESTION, said)
    return sip.answers(data, _QUESTION)


class Lines:
    """A server that says the lines of the input and then closes."""

    address = "192.0.2.7"
    own_port = 50_000

    def __init__(self, data: bytes) -> None:
        self._rest = data

    async def read_line(self, *, timeout_s: float = 5.0, limit: int = 4096) -> bytes:
        line, end, rest = self._rest.partition(b"\n")
        line = (line + end)[:limit]
        if not line:
            raise Closed(Where(host=self.address))
        self._rest = self._rest[len(line) :] if len(line) == limit else rest
        return line

    async def read_exactly(self, count: int, *, timeout_s: float = 5.0) -> bytes:
        told, self._rest = self._rest[:count], self._rest[count:]
        return told

    async def write(self, data: bytes) -> None: ...

    async def start_tls(self, server_name: str, *, timeout_s: float = 5.0) -> TlsAnswer:
        return tls_answer(server_name)

    async def close(self) -> None: ...


def _imap_lines(data: bytes) -> object:
    found = imap_lines.greeting(data), imap_lines.farewell(data), imap_lines.status(data, b"a1")
    return any(found) or imap_lines.capabilities(data)


def _imap(data: bytes) -> object:
    return str(waited(imap.talk(Lines(data), "mail.example", implicit=data[-1:] == b"x")))


def _mail_out(data: bytes) -> object:
    implicit = data[-1:] == b"x"
    talk = waited(smtp.talk(Lines(data), "mail.example", greet_only=implicit, look_inside=not implicit))
    smtp.masks_starttls(talk.offers)
    return str(talk.reply), str(waited(submission.talk(Lines(data), "mail.example", implicit=implicit)))


_IMAP: Final = (
    b"* OK [CAPABILITY IMAP4rev1] ready\r\n* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\na1 OK done\r\n"
    b"a2 OK begin TLS\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\na3 OK done\r\n"
)
_SMTP: Final = (
    b"220 mail.example ESMTP\r\n250-mail.example\r\n250-SIZE 1000\r\n250-STARTTLS\r\n250 8BITMIME\r\n"
    b"220 go on\r\n250-mail.example\r\n250 AUTH PLAIN\r\n221 bye\r\n"
)
_OPENID: Final = json.dumps(
    {
        "issuer": "https://login.example/v2.0",
        "authorization_endpoint": "https://login.example/authorize",
        "token_endpoint": "https://login.example:8443/token",
        "jwks_uri": "https://keys.example/keys",
        "scopes_supported": ["openid"],
    }
).encode()
_KEYS: Final = b'{"keys":[{"kty":"RSA","kid":"1","n":"AQAB","e":"AQAB"}]}'
_REALM: Final = (
    b'{"State":3,"UserState":2,"Login":"nobody@example.com","NameSpaceType":"Federated",'
    b'"DomainName":"example.com","AuthURL":"https://adfs.example.com/adfs/ls/?username=nobody"}'
)
_KRB: Final = bytes.fromhex(
    "7e583056a003020105a10302011ea411180f32303236313132323039323535385aa50502030763b4a60302013da90b1b09434f52502e"
    "54455354aa1e301ca003020102a11530131b066b72627467741b09434f52502e54455354"
)


def _endpoint(found: str) -> object:
    endpoints.host_in(found)
    endpoints.hosts_in(found, f"https://{found}")
    return str(endpoints.endpoint(found))


def _web_address(found: str) -> object:
    return visit.is_web_address(ContactRoute(kind="portal", title="IT", value=found))


def _json(name: str, parse: object, *seeds: bytes) -> Target:
    assert callable(parse)
    return Target(name=name, play=parse, seeds=seeds, raises=(ValueError,))


def _names(name: str, parse: object, *seeds: bytes) -> Target:
    assert callable(parse)
    return Target(name=name, play=text(parse), seeds=seeds, raises=(ValueError,))


_CLIENT: Final = httpx.AsyncClient()


def _request(url: str) -> object:
    """What would be sent to a URL that a server named."""
    asked = Asked(method="GET", parts=parts_of(url), headers={}, content=b"", max_bytes=1_000, proxy=None)
    return asked.request(_CLIENT, "192.0.2.1")


TARGETS: Final = (
    Target(name="support: a web address", play=text(_web_address), seeds=(b"https://help.example:8443/",)),
    Target(
        name="web: a URL to be asked",
        play=text(_request),
        seeds=(b"https://keys.example:8443/keys?a=b#c", "http://[2001:db8::1]/ä".encode()),
        raises=(Garbled,),
        share=0.3,
    ),
    Target(name="phone: an answer of SIP", play=_sip, seeds=(_SIP, _SIP.replace(b"\r\nf:", b"\r\nFrom:"))),
    Target(name="mail: a line of IMAP", play=_imap_lines, seeds=tuple(_IMAP.splitlines(keepends=True))),
    Target(name="mail: a session of IMAP", play=_imap, seeds=(_IMAP, _IMAP + b"x"), share=0.4),
    Target(name="mail: a talk of SMTP", play=_mail_out, seeds=(_SMTP, _SMTP + b"x"), share=0.4),
    _json("sign-in: OpenID provider", openid.provider, _OPENID),
    _json("sign-in: keys of a provider", openid.keys, _KEYS),
    _json("sign-in: realm of a domain", realm.realm, _REALM),
    Target(name="sign-in: KRB-ERROR", play=kerberos.parse, seeds=(_KRB,), most_bytes=kerberos.MOST_BYTES),
    Target(
        name="sign-in: who issues",
        play=text(lambda found: openid.is_issuer(found, "https://login.example/{tenant}/v2.0")),
        seeds=(b"https://login.example/01234567-89ab-cdef-0123-456789abcdef/v2.0",),
    ),
    _names("sign-in: an https address", openid.host_of, b"https://login.example:8443/keys"),
    _names(
        "mail: where a server is",
        servers.mail_server,
        b"imaps://mail.example:993",
        b"submission://[2001:db8::1]",
    ),
    _names(
        "chat: where a WebSocket is", upgrade.place, b"wss://chat.example:8443/socket?a=b", b"ws://[::1]/"
    ),
    _names("phone: a transport", sip_phone._transport, b"udp:5060", b"tls"),
    _names("names: host and port", _endpoint, b"vpn.example.com:443", b"[2001:db8::1]:443"),
    _names(
        "proxy: the setting of this computer",
        lambda found: str(proxies.proxy_of(found)),
        b"http://anna:secret@proxy.example:3128/",
        b"socks5://[2001:db8::1]:1080",
    ),
    Target(
        name="device: a version",
        play=text(system_version.numbers),
        seeds=(b"11 (10.0.22631.0)", b"Debian GNU/Linux 12.5"),
        most_bytes=80,
    ),
)
