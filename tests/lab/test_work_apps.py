"""Sign-in, chat and Kerberos of the lab work and leave no trace where none should be; the router's SIP ALG does what it says."""

import json
import re
import socket
from collections.abc import Iterator

import pytest

from readycheck_checks.identity import kerberos as probe
from tests.lab.asking import fetched, says
from tests.lab.lab import Lab
from tests.lab.servers import identity_provider, kamailio, kdc, live_chat, squid, work_apps
from tests.lab.switches.base import switched

UPGRADE = ("-H", "Connection: Upgrade", "-H", "Upgrade: websocket", "-H", "Sec-WebSocket-Version: 13")
KEY = ("-H", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "--http1.1")
OWN_PORT = 25_123


@pytest.fixture(scope="module")
def lab(lab: Lab) -> Iterator[Lab]:
    servers = [*work_apps.everything(lab), kamailio.exchange(lab)]
    lab.start(servers)
    yield lab
    for server in servers:
        lab.stop(server.name)


def at(name: str, ip: str, port: int) -> tuple[str, str]:
    return "--resolve", f"{name}:{port}:{ip}"


def test_the_provider_tells_of_itself_and_has_nothing_else(lab: Lab) -> None:
    name, here = identity_provider.HOST_NAME, at(identity_provider.HOST_NAME, identity_provider.IPS[0], 443)
    told = lab["pc"].run("curl", "-sS", *here, f"https://{name}/.well-known/openid-configuration").stdout
    assert json.loads(told)["issuer"] == identity_provider.ISSUER
    assert fetched(lab["pc"], f"https://{name}/authorize", *here) == "200"
    assert fetched(lab["pc"], f"https://{name}/other", *here) == "404"


@pytest.mark.parametrize(("passes", "status"), [(True, "101"), (False, "426")])
def test_the_chat_opens_a_websocket_only_where_the_web_server_passes_it_on(
    lab: Lab, passes: bool, status: str
) -> None:
    with switched(lab, [{"serve": "live_chat.chat", "passes_upgrades": passes}]):
        name, ip = live_chat.HOST_NAME, live_chat.IPS[0]
        url = f"https://{name}:{live_chat.PORT}/socket"
        shown = ("-sS", "-m", "1", "-o", "/dev/null", "-w", "%{http_code}")
        told = lab["pc"].run("curl", *shown, *UPGRADE, *KEY, *at(name, ip, live_chat.PORT), url, check=False)
        assert told.stdout == status


def test_a_centre_tells_its_time_and_writes_down_no_sign_in(lab: Lab) -> None:
    log = lab.running[kdc.NAME].log
    before = len(log.read_text())
    with lab["inside"].entered(), socket.create_connection((kdc.IP, kdc.PORT), timeout=3) as line:
        line.sendall(probe.TOO_LONG)
        answer = line.recv(4096)
    said = probe.parse(answer[4:])
    assert said is not None and said.code == 61
    written = log.read_text()[before:]
    assert "wants 2147483648 bytes" in written
    assert not re.search(r"AS_REQ|TGS_REQ|CLIENT_NOT_FOUND|PREAUTH", written)


def received(lab: Lab) -> str:
    """How the exchange sees the pc over UDP, by its own word, asked from a port that the request names."""
    request = (
        f"OPTIONS sip:{kamailio.HOST_NAME} SIP/2.0\r\n"
        f"Via: SIP/2.0/UDP 192.168.1.10:{OWN_PORT};branch=z9hG4bKlab;rport\r\nMax-Forwards: 0\r\n"
        "From: <sip:lab@anonymous.invalid>;tag=1\r\nTo: <sip:sip.corp.test>\r\nCall-ID: lab\r\nCSeq: 1 OPTIONS\r\n"
        "Content-Length: 0\r\n\r\n"
    )
    with lab["pc"].entered(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.settimeout(3)
        line.bind(("0.0.0.0", OWN_PORT))
        line.connect((kamailio.IPS[0], kamailio.PORT))
        line.send(request.encode())
        answer = line.recv(4096).decode()
    found = re.search(r"received=([0-9.]+)", answer)
    return found[1] if found else ""


def test_a_router_with_a_sip_alg_hides_its_translation(lab: Lab) -> None:
    assert received(lab) == "192.88.99.130"
    lab["router"].run("conntrack", "-F", check=False)  # a flow that is known keeps the helper it began with
    with switched(lab, [{"sip_alg": "udp"}]):
        assert received(lab) == "192.168.1.10"


def test_the_proxy_refuses_single_hosts_only(lab: Lab) -> None:
    lab.start([squid.proxy(refuses_to=["im.corp.test"])])
    try:
        for host, status in (("im.corp.test", b"403"), ("login.corp.test", b"5")):
            asked = f"CONNECT {host}:443 HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
            answer = says(lab["pc"], squid.IPS[0], squid.PORT, asked)
            assert answer.split()[1].startswith(status) or (
                host == "login.corp.test" and b" 403 " not in answer
            )
    finally:
        lab.stop(squid.NAME)
