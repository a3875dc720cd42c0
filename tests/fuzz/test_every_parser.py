"""No reader of foreign bytes or text is forgotten: each is called by the seeds of a target, or stands here with its reason."""

from typing import Final

import pytest

from tests.fuzz.finding import ROOT, Reader, played, readers
from tests.fuzz.targets import ALL

OF_OUR_OWN_CHILD: Final = "what our own child process says"
ALREADY_JUDGED: Final = "a value of a profile that was judged when it was read"
THE_SETTING: Final = "the setting of this computer, which is played with proxy_of"
HANDS_OVER: Final = "hears and hands over; what it hands over to is played"
MAKES: Final = "makes a packet or a file, reads none"
OF_OUR_OWN_FILE: Final = "a document of our own, not foreign"

EXCEPTIONS: Final = {
    "readycheck/adapters/child_main.py:main": "what our own process asks",
    "readycheck/adapters/children.py:_next": OF_OUR_OWN_CHILD,
    "readycheck/adapters/hops.py:cost": MAKES,
    "readycheck/adapters/hops.py:_Probe.send": MAKES,
    "readycheck/adapters/http.py:RealHttp._proxy_by_number": THE_SETTING,
    "readycheck/adapters/http.py:RealHttp.proxy_for": THE_SETTING,
    "readycheck/adapters/system.py:RealSystem._far_disk": OF_OUR_OWN_CHILD,
    "readycheck/adapters/system_linux.py:LinuxSystem._by_iw": HANDS_OVER,
    "readycheck/adapters/system_linux.py:LinuxSystem._class": "the name of a folder of /sys, given by us",
    "readycheck/commands/reflector.py:_number": "an argument of who runs the reflector",
    "readycheck/headless.py:_kept_instead": MAKES,
    "readycheck/headless.py:_printed": MAKES,
    "readycheck/headless.py:_to_stdout": MAKES,
    "readycheck/headless.py:write_out": MAKES,
    "readycheck/keeping.py:kept_as": MAKES,
    "readycheck/measure/latency/timed_line.py:TimedLine.exchange": HANDS_OVER,
    "readycheck/measure/latency/timed_line.py:TimedLine._plain": "TLS records, read by OpenSSL",
    "readycheck/measure/latency/timed_line.py:TimedLine._send": MAKES,
    "readycheck/measure/media/call.py:_Heard.is_complete_with": HANDS_OVER,
    "readycheck/measure/packets/echo_session.py:EchoSession.parse": HANDS_OVER,
    "readycheck/measure/providers/place.py:proxy_to": THE_SETTING,
    "readycheck/measure/providers/speedtest_net.py:SpeedtestNet._proxy": THE_SETTING,
    "readycheck/measure/transport/flow.py:Flow.exchange": HANDS_OVER,
    "readycheck/plain.py:_save": MAKES,
    "readycheck/plain.py:_next_steps": "what the person types, read in its test",
    "readycheck/profile/editor_schema.py:schema": OF_OUR_OWN_FILE,
    "readycheck/profile/machine.py:_is_whole": "an address of the administrator's own file",
    "readycheck/profile/remote.py:_keep": MAKES,
    "readycheck/reflector/udp.py:UdpService._reply": HANDS_OVER,
    "readycheck/report/schema.py:report_schema": OF_OUR_OWN_FILE,
    "readycheck/ticket/outbox.py:Outbox.put": MAKES,
    "readycheck/ticket/outbox.py:_holds": MAKES,
    "readycheck/ticket/outbox.py:hand_over": MAKES,
    "readycheck/ticket/provider.py:_host": "an address that a check wrote into its fact",
    "readycheck/ticket/outbox.py:Outbox._put": MAKES,
    "readycheck/wiring.py:Fetching.__call__": "an address that remote._checked let through",
    "readycheck/wiring.py:_name_server": ALREADY_JUDGED,
    "checks/readycheck_checks/cloud_files.py:_port_of": ALREADY_JUDGED,
    "checks/readycheck_checks/contact/site_verdict.py:_judge_answer": ALREADY_JUDGED,
    "checks/readycheck_checks/contact/visit.py:_looked_into": ALREADY_JUDGED,
    "checks/readycheck_checks/declared/plugin.py:judge_plugin": HANDS_OVER,
    "checks/readycheck_checks/identity/kerberos.py:_converse": "four bytes of length",
    "checks/readycheck_checks/name.py:_over_tcp": "two bytes of length",
    "checks/readycheck_checks/names/encrypted.py:_over_tls": "two bytes of length",
    "readycheck/adapters/pac/evaluate_child.py:evaluate": OF_OUR_OWN_CHILD,
    "checks/readycheck_checks/phone/asking.py:_is_answer": HANDS_OVER,
    "checks/readycheck_checks/shares/nfs.py:new_xid": MAKES,
    "checks/readycheck_checks/proxy.py:_by_file": "an address that bare_url let through, which its target plays",
    "checks/readycheck_checks/proxy.py:_by_tunnels": ALREADY_JUDGED,
    "checks/readycheck_checks/asking/proxies.py:proxy_in_effect": THE_SETTING,
    "checks/readycheck_checks/asking/proxies.py:_set": THE_SETTING,
    "checks/readycheck_checks/status_page.py:StatusPageOptions.service": ALREADY_JUDGED,
    "checks/readycheck_checks/vpn/clients/shipped.py:products": OF_OUR_OWN_FILE,
    "checks/readycheck_checks/vpn/ovpn_file.py:with_key": HANDS_OVER,
    "checks/readycheck_checks/vpn/wireguard.py:initiation": MAKES,
    "checks/readycheck_checks/vpn/wireguard_use.py:of": HANDS_OVER,
    "checks/readycheck_checks/vpn/wireguard_use.py:_shaken": MAKES,
}


@pytest.fixture(scope="module")
def found() -> list[Reader]:
    return list(readers())


def test_every_reader_of_foreign_bytes_is_played_or_an_exception_with_its_reason(found: list[Reader]) -> None:
    called = played(ALL)
    forgotten = [f"{r.where} ({r.why})" for r in found if r.place not in called and r.where not in EXCEPTIONS]
    assert not forgotten, (
        "give each a target in tests/fuzz/targets, or an exception with its reason:\n" + "\n".join(forgotten)
    )


def test_no_exception_is_older_than_the_source(found: list[Reader]) -> None:
    known = {reader.where for reader in found}
    assert not [where for where in EXCEPTIONS if where not in known]


def test_parsers_of_all_kinds_are_found(found: list[Reader]) -> None:
    known = {reader.where for reader in found}
    assert {
        "readycheck/measure/packets/stun.py:parse",
        "readycheck/adapters/drives.py:in_net_use",
        "readycheck/report/reading.py:parse_report",
        "checks/readycheck_checks/vpn/ike.py:answer_to",
        "checks/readycheck_checks/names/message.py:Question.read",
    } <= known
    assert all((ROOT / reader.where.partition(":")[0]).exists() for reader in found)
