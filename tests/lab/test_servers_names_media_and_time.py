"""The servers for names inside, media and time work for those who use them, and their variants fail as they say."""

import re

import pytest

from tests.lab import topology, zone
from tests.lab.hosts import USER
from tests.lab.lab import Lab
from tests.lab.people import USER_PASSWORD
from tests.lab.servers import chrony, coturn, unbound
from tests.lab.using import instead, said

OTHER_PASSWORD = f"{USER_PASSWORD}-until-yesterday"


@pytest.fixture(scope="module", autouse=True)
def servers(lab: Lab) -> None:
    lab.start([*coturn.public(lab), *coturn.company(lab), *chrony.public(), unbound.inside(lab)])


# ---- Media and time ----


@pytest.mark.parametrize("name", coturn.names())
def test_every_media_server_tells_the_address_it_sees(lab: Lab, name: str) -> None:
    own = {"stun.l.google.com": coturn.GOOGLE_PORT, "meet-jit-si-turnrelay.jitsi.net": coturn.WEB_PORT}
    for ip, seen in (
        (zone.address(name), topology.WAN_IP),
        (topology.ip6(zone.address(name)), topology.PC_IP6),
    ):
        told = said(lab, "timeout", "3", "turnutils_stunclient", "-p", str(own.get(name, coturn.PORT)), ip)
        assert f"UDP reflexive addr: {seen}:" in told


@pytest.mark.parametrize(
    ("host", "port"),
    [
        ("meet-jit-si-turnrelay.jitsi.net", coturn.WEB_PORT),
        (f"turn.{zone.DOMAIN}", coturn.WEB_PORT),
        (f"turn.{zone.DOMAIN}", coturn.TLS_PORT),
    ],
)
def test_relays_over_tls_show_a_good_certificate(lab: Lab, host: str, port: int) -> None:
    checked = ("-verify_return_error", "-verify_hostname", host, "-brief")
    assert "Verification: OK" in said(
        lab, "openssl", "s_client", "-connect", f"{host}:{port}", *checked, input=""
    )


def test_the_companys_stun_server_has_the_second_address_that_mapping_tests_need(lab: Lab) -> None:
    told = said(lab, "timeout", "5", "turnutils_natdiscovery", "-m", topology.COMPANY_IP)
    assert f"Other addr: : {topology.COMPANY_TURN_IP}:" in told
    assert "NAT with Endpoint Independent Mapping" in told


def test_the_companys_relay_relays_for_the_person_and_for_nobody_else(lab: Lab) -> None:
    def relay(password: str) -> str:
        few = ("-c", "-y", "-n", "1", "-m", "1")
        return said(
            lab, "turnutils_uclient", "-t", *few, "-u", USER, "-w", password, topology.COMPANY_TURN_IP
        )

    assert "Total lost packets 0 " in relay(USER_PASSWORD)
    assert "Cannot complete Allocation" in relay(OTHER_PASSWORD)


def seconds_off(lab: Lab, name: str) -> float:
    """How far ahead of the pc's clock a time server is, as chrony's client sees it."""
    asked = (f"server {name} iburst maxsamples 1", "cmdport 0", "pidfile /run/lab/asking")
    told = lab["pc"].run("chronyd", "-Q", "-t", "5", *asked, check=False).stderr
    found = re.search(r"System clock wrong by (-?[0-9.]+) seconds", told)
    assert found, told
    return float(found[1])


@pytest.mark.parametrize("name", chrony.names())
def test_the_time_servers_tell_the_time(lab: Lab, name: str) -> None:
    assert abs(seconds_off(lab, name)) < 0.1


def test_a_time_server_can_be_wrong(lab: Lab) -> None:
    first, *_ = chrony.names()
    for off_s in (600, -90):
        with instead(lab, chrony.time_server(first, off_s=off_s)):
            assert seconds_off(lab, first) == pytest.approx(off_s, abs=0.1)


# ---- Names inside ----


def looked_up(lab: Lab, *asked: str) -> str:
    return said(lab, "kdig", "+timeout=1", "+retry=0", f"@{unbound.IP}", *asked, at="company")


def test_the_inside_name_server_knows_the_inside_and_the_world(lab: Lab) -> None:
    assert looked_up(lab, "+short", f"files.{zone.DOMAIN}") == f"{topology.INSIDE_FILES_IP}\n"
    assert looked_up(lab, "+short", f"chat.{zone.DOMAIN}") == f"{topology.COMPANY_WEB_IP}\n"
    assert looked_up(lab, "+short", "zoom.us", "AAAA") == f"{topology.ip6(zone.address('zoom.us'))}\n"
    assert looked_up(lab, "+short", zone.DOMAIN, "MX") == f"10 mail.{zone.DOMAIN}.\n"
    assert "status: NXDOMAIN" in looked_up(lab, f"nobody.{zone.DOMAIN}")
    assert "status: NXDOMAIN" in looked_up(lab, "nobody.example")


def test_the_inside_name_server_answers_over_tls(lab: Lab) -> None:
    verified = (f"+tls-ca={lab.trusted.certificate}", f"+tls-host=dns.{zone.DOMAIN}")
    assert looked_up(lab, *verified, "+short", f"files.{zone.DOMAIN}") == f"{topology.INSIDE_FILES_IP}\n"
    with instead(lab, unbound.inside(lab, certificate="expired")):
        assert topology.INSIDE_FILES_IP not in looked_up(lab, *verified, "+short", f"files.{zone.DOMAIN}")


def test_the_inside_name_server_can_refuse_or_be_silent(lab: Lab) -> None:
    with instead(lab, unbound.inside(lab, access="refuse")):
        assert "status: REFUSED" in looked_up(lab, f"files.{zone.DOMAIN}")
    with instead(lab, unbound.inside(lab, access="deny")):
        assert "response timeout" in looked_up(lab, f"files.{zone.DOMAIN}")


def test_the_inside_name_server_can_miss_a_name_or_tell_an_old_address(lab: Lab) -> None:
    files, intranet = f"files.{zone.DOMAIN}", f"intranet.{zone.DOMAIN}"
    with instead(lab, unbound.inside(lab, unknown=[files], answers={intranet: "10.20.0.99"})):
        assert "status: NXDOMAIN" in looked_up(lab, files)
        assert looked_up(lab, "+short", intranet) == "10.20.0.99\n"
