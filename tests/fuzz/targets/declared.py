"""What is asked for in a profile's own words: records of names, pages, echoes, VPN programs, answers of people."""

from typing import Final

import dns.message
import dns.rrset

from readycheck import questions
from readycheck.adapters.pac import answers as pac_file
from readycheck.adapters.pac import reading as pac_reading
from readycheck.api import HttpAnswer
from readycheck.errors import ProfileError
from readycheck.model import Capability, Question
from readycheck.profile import guarded, machine, remote
from readycheck.ticket import kept_card
from readycheck_checks import name
from readycheck_checks.declared import answers, echoes, pages, plugin, records, web_verdict
from readycheck_checks.names import encrypted
from readycheck_checks.pac import answers as pac
from readycheck_checks.status import page as status
from readycheck_checks.vpn import handshake
from readycheck_checks.vpn.clients import reading
from readycheck_checks.vpn.clients.products import Ask, Sign
from tests.fuzz.target import Target, text

KINDS: Final = {
    "A": "192.0.2.7",
    "MX": "10 mail.example.com.",
    "TXT": '"v=spf1" "-all"',
    "CAA": '0 issue "ca.example"',
}


def _question(kind: str) -> records.Question:
    question = records.Question("www.example.com", kind)
    question._asked.id = 4660 + list(KINDS).index(kind)  # each answer is that of one question
    question.packet = question._asked.to_wire()
    return question


_QUESTIONS: Final = {kind: _question(kind) for kind in KINDS}


def _answer(kind: str, rcode: int = 0) -> bytes:
    answer = dns.message.make_response(_QUESTIONS[kind]._asked)
    answer.set_rcode(dns.rcode.Rcode(rcode))
    answer.answer.append(dns.rrset.from_text("www.example.com.", 60, "IN", kind, KINDS[kind]))
    return answer.to_wire()


def _records(data: bytes) -> object:
    found = [(kind, asked.read(data)) for kind, asked in _QUESTIONS.items() if asked.accepts(data)]
    for kind, answer in found:
        answers.lacking(kind, (KINDS[kind],), answer.values)
        answers.surplus(kind, (KINDS[kind],), answer.values)
    return [answer.values for _, answer in found if answer.values]


def _readable(data: bytes) -> object:
    """The first line is the character set that the page states."""
    charset, _, body = data.partition(b"\n")
    stated = {"content-type": f"text/html; charset={charset.decode('latin-1')}"}
    url = "https://intranet.example.com/"
    return web_verdict.readable(
        HttpAnswer(url=url, status=200, headers=stated, body=body, seconds=0.1, address="192.0.2.1")
    )


def _proxy_says(data: bytes) -> object:
    return pac.status_of(data), pac.sign_ins_in(data.splitlines()[:40])


def _page(found: str) -> object:
    here = pages.page("https://intranet.example.com/health")
    pages.next_page(here, found, ("sso.example.com",))
    there = pages.page(found)
    return there.may_take_secrets, there.shown


_ASKS: Final = (
    Ask(
        systems=("Linux",),
        programs=("/usr/bin/a",),
        read="json",
        signs=(Sign(state="connected", fields={"Self.Online": True}), Sign(state="off", line="Disconnected")),
    ),
    Ask(
        systems=("Linux",),
        programs=("/usr/bin/a",),
        signs=(Sign(state="connected", start="state: Connected"), Sign(state="off", line="no")),
    ),
)


def _vpn_program(data: bytes) -> object:
    said = [reading.meaning(ask, code, data, data[:40]) for ask in _ASKS for code in (0, 1)]
    return [each for each in said if each.state != "not_told"]


_STATUS_PAGE: Final = (
    b'{"page":{"name":"Example"},"status":{"indicator":"minor","description":"Partly down"},'
    b'"components":[{"name":"Calls","status":"partial_outage","group":false}],'
    b'"incidents":[{"name":"Slow","impact":"minor","status":"investigating","started_at":"2026-11-22T08:00:00.000Z",'
    b'"shortlink":"https://status.example/i/1","components":[{"name":"Calls"}]}],'
    b'"scheduled_maintenances":[{"name":"Work","status":"in_progress","scheduled_until":"2026-11-22T12:00:00Z"}]}'
)
_PLUGIN: Final = (
    b"DISK OK - free space: / 3326 MB (56%) | '/ root'=2643MB;5948;5958;0;5968 load=0.5;@1:2;~:4\n"
    b"/ 15272 MB (77%);\n/boot 68 MB (69%) | /boot=68MB;88;93;0;98\n/home=69357MB;253404;;U\n"
)
_ASKED: Final = (
    Question(id="desk", capability=Capability.DEVICE, text="Is it quiet?", answers=("yes", "no")),
    Question(id="headset", capability=Capability.CALLS, text="Is there one?", answers=("yes", "no")),
)
_CARD: Final = (
    b'{"profile":"Office","card":{"name":"IT","country":"DE","timezone":"Europe/Berlin","routes":[{"kind":"phone",'
    b'"title":"IT","value":"+49 30 1","hours":"Mo-Fr 08:00-18:00"}]}}'
)
_PING: Final = (
    b"64 bytes from 192.0.2.1: icmp_seq=1 ttl=64 time=0.345 ms\n"
    b"Antwort von 192.0.2.1: Bytes=32 Zeit<1ms TTL=64\n64 bytes: icmp_seq=2 ttl=64 time=1,5 ms (DUP!)\n"
)

TARGETS: Final = (
    Target(
        name="names: records",
        play=_records,
        seeds=(*map(_answer, KINDS), _answer("A", rcode=3)),
        most_bytes=name.MOST_BYTES,
        share=0.3,
    ),
    Target(
        name="web: a page in the characters that it states",
        play=_readable,
        seeds=(b"utf-8\n<html>\xc3\xa9", b"punycode\na-bc", b"utf-16\na\0", b"idna\nxn--a", b"utf-7\n+AOk-"),
    ),
    Target(name="status page: its JSON", play=status.read, seeds=(_STATUS_PAGE,), raises=(ValueError,)),
    Target(name="command: what a monitoring plug-in says", play=plugin.output, seeds=(_PLUGIN,)),
    Target(
        name="proxy: what a configuration file says",
        play=text(pac_file.ways_in),
        seeds=(b"PROXY proxy.example:8080; SOCKS5 [2001:db8::1]:1080; DIRECT",),
        raises=(ValueError,),
    ),
    Target(
        name="proxy: the host of a page",
        play=text(pac_reading.host_in),
        seeds=(b"https://www.example.org:8443/a?b", b"http://[2001:db8::1]/"),
    ),
    Target(
        name="proxy: a configuration file",
        play=pac_file.script_in,
        seeds=(b"\xef\xbb\xbffunction FindProxyForURL(url, host) { return 'DIRECT'; }",),
        raises=(ValueError,),
    ),
    Target(
        name="proxy: its answer to CONNECT",
        play=_proxy_says,
        seeds=(b"HTTP/1.1 407 No\r\nProxy-Authenticate: Negotiate\r\nproxy-authenticate: Basic realm=a\r\n",),
    ),
    Target(
        name="names: a server for encrypted lookups",
        play=text(encrypted.where_of),
        seeds=(b"tls://dns.example.com:853", b"https://[2001:db8::1]/dns-query"),
        raises=(ValueError,),
    ),
    Target(
        name="web: where a page is and leads",
        play=text(_page),
        seeds=(b"https://intranet.example.com/health?key=1#a", b"http://sso.example.com:8080/", b"/login"),
        raises=(ValueError,),
    ),
    Target(
        name="ping: what the program prints",
        play=text(lambda found: echoes.times_ms(found, 10)),
        seeds=(_PING,),
    ),
    Target(
        name="vpn: wg show of one interface", play=text(handshake.latest_of), seeds=(b"abc=\t1763800000\n",)
    ),
    Target(
        name="vpn: what a program says",
        play=_vpn_program,
        seeds=(b'{"Self": {"Online": true}, "Version": "1.2"}', b"  state:  Connected to x\nno\n", b"n\0o\0"),
    ),
    Target(
        name="questions: a file of answers",
        play=lambda data: questions.matched(questions.parse_answers(data), _ASKED),
        seeds=(b'desk = "yes"\nheadset = "later"  # ask IT\n', b'{"desk": "No", "headset": "yes"}'),
        raises=(ValueError,),
    ),
    Target(
        name="support: a kept card",
        play=kept_card.parse_card,
        seeds=(_CARD,),
        raises=(ValueError,),
        share=0.5,
    ),
    Target(
        name="profile: its address",
        play=text(remote._checked),
        seeds=(b"https://profiles.example.com/office.toml?token=1", b"http://profiles.example.com/"),
        raises=(ProfileError,),
    ),
    Target(
        name="profile: may an address name programs",
        play=text(lambda found: machine.covers("https://profiles.example.com/", found)),
        seeds=(b"https://profiles.example.com/office.toml",),
    ),
    Target(
        name="profile: who can write a file of Windows",
        play=text(guarded.is_guarded_by),
        seeds=(b"O:BAG:SYD:AI(A;ID;FA;;;SY)(A;ID;0x1200a9;;;BU)",),
    ),
)
