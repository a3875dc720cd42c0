"""Every verb does what it says, as seen from the person's computer."""

import time
from collections.abc import Iterator

import pytest

from tests.lab import topology, zone
from tests.lab.asking import all_connect, connects, fetched, looked_up, says
from tests.lab.bad_listeners import LATE_S, NOISE
from tests.lab.lab import Lab
from tests.lab.servers import nginx
from tests.lab.using import applied

ZOOM = zone.address("zoom.us")
GOOGLE6 = topology.LITERAL_IP6S[1]
NO_PAGE = "http://connectivitycheck.gstatic.com/generate_204"
SECURE = "https://www.google.com/generate_204"


@pytest.fixture(scope="module")
def lab(lab: Lab) -> Iterator[Lab]:
    """With the web of the internet."""
    lab.start([nginx.internet(lab)])
    yield lab
    lab.stop("internet-web")


# ---- Packets ----


def test_dropped_packets_meet_silence_and_rejected_ones_an_answer(lab: Lab) -> None:
    pc = lab["pc"]
    with applied(lab, "drop", "to zoom.us"):
        assert connects(pc, ZOOM, 443) == connects(pc, topology.ip6(ZOOM), 443) == "silent"
        assert connects(pc, "1.1.1.1", 443) == "yes"
    for answer, heard in (
        ("reset", "ECONNREFUSED"),
        ("no_host", "EHOSTUNREACH"),
        ("no_route", "ENETUNREACH"),
    ):
        with applied(lab, "reject", "to zoom.us", answer=answer):
            assert connects(pc, ZOOM, 443) == heard


def test_only_some_ports_pass_and_some_hosts_are_spared(lab: Lab) -> None:
    pc = lab["pc"]
    with applied(lab, "drop", "all", only_ports=[80]):
        assert connects(pc, ZOOM, 80) == "yes"
        assert connects(pc, ZOOM, 443) == "silent"
    with applied(lab, "reject", "all", but="zoom.us"):
        assert connects(pc, ZOOM, 443) == "yes"
        assert connects(pc, "1.1.1.1", 443) == "ECONNREFUSED"


def test_a_firewall_may_stand_on_every_host_and_in_one_direction(lab: Lab) -> None:
    pc = lab["pc"]
    for at in ("pc", "isp", "internet"):
        with applied(lab, "drop", "all", at=at, protocol="tcp", port=443):
            seen = all_connect(pc, (ZOOM, 443), (topology.ip6(ZOOM), 443), (ZOOM, 80))
            assert seen == ("silent", "silent", "yes")
    with applied(lab, "drop", "to zoom.us", direction="in"):
        assert (connects(pc, ZOOM, 443), connects(pc, "1.1.1.1", 443)) == ("silent", "yes")


# ---- Servers ----


def test_a_stopped_server_refuses_and_a_paused_one_says_nothing(lab: Lab) -> None:
    pc = lab["pc"]
    with applied(lab, "stop", "internet-web"):
        assert connects(pc, ZOOM, 443) == "ECONNREFUSED"
    with applied(lab, "pause", "internet-web"):
        assert connects(pc, ZOOM, 443) == "yes"
        assert fetched(pc, SECURE) == "curl 28"
    assert fetched(pc, SECURE) == "204"


def test_a_server_runs_with_other_settings_for_a_while(lab: Lab) -> None:
    with applied(lab, "serve", "nginx.internet", status={"www.google.com": 503}):
        assert fetched(lab["pc"], SECURE) == "503"
    assert fetched(lab["pc"], SECURE) == "204"


def test_an_impostor_answers_in_the_place_of_a_server(lab: Lab) -> None:
    pc = lab["pc"]
    with applied(lab, "impostor", "silent", address="zoom.us", port=443), pytest.raises(TimeoutError):
        says(pc, ZOOM, 443)
    with applied(lab, "impostor", "reset", address="zoom.us", port=443), pytest.raises(ConnectionResetError):
        says(pc, ZOOM, 443)
    with applied(lab, "impostor", "close", address="zoom.us", port=443):
        assert says(pc, ZOOM, 443) == b""
    with applied(lab, "impostor", "garbage", address="zoom.us", port=443):
        assert says(pc, ZOOM, 443) == NOISE
        assert connects(pc, ZOOM, 80) == "yes"


def test_a_dripping_server_is_the_real_one_at_one_byte_a_second(lab: Lab) -> None:
    with applied(lab, "impostor", "drip", address="zoom.us", port=80):
        assert says(lab["pc"], topology.ip6(ZOOM), 80, b"GET / HTTP/1.0\r\n\r\n") == b"H"


def test_a_late_server_is_the_real_one_with_each_answer_late(lab: Lab) -> None:
    with applied(lab, "impostor", "late", address="zoom.us", port=80):
        started = time.monotonic()
        assert fetched(lab["pc"], "http://zoom.us/", "-m", "10").startswith("301")
        assert time.monotonic() - started > LATE_S


# ---- Names ----


@pytest.mark.parametrize(
    ("how", "told", "over_tcp"),
    [
        ("silent", "silent", "silent"),
        ("no_udp", "silent", ZOOM),
        ("no_tcp", ZOOM, "silent"),
        ("closed", "silent", "silent"),  # kdig keeps asking where the port is closed
        ("refused", "REFUSED", "REFUSED"),
        ("failing", "SERVFAIL", "SERVFAIL"),
        ("hijacked", topology.ROUTER_IP, topology.ROUTER_IP),
    ],
)
def test_the_router_answers_name_lookups_badly(lab: Lab, how: str, told: str, over_tcp: str) -> None:
    pc = lab["pc"]
    with applied(lab, "dns", how):
        assert (looked_up(pc, "zoom.us"), looked_up(pc, "zoom.us", "+tcp")) == (told, over_tcp)
        assert looked_up(pc, "zoom.us", "@8.8.8.8") == ZOOM
    assert looked_up(pc, "zoom.us") == ZOOM


def test_single_names_are_blocked_lied_about_or_refused(lab: Lab) -> None:
    pc = lab["pc"]
    with applied(lab, "dns", "blocked", names=["zoom.us"]):
        assert (looked_up(pc, "zoom.us"), looked_up(pc, "us02web.zoom.us")) == ("NXDOMAIN", "NXDOMAIN")
        assert looked_up(pc, "example.com") == zone.address("example.com")
    with applied(lab, "dns", "lying", names="zoom.us", address="192.88.99.250", at="isp"):
        assert (looked_up(pc, "zoom.us"), looked_up(pc, "zoom.us", "AAAA")) == ("192.88.99.250", "")
    with applied(lab, "dns", "refused", names="zoom.us"):
        assert (looked_up(pc, "zoom.us"), looked_up(pc, "example.com")) == (
            "REFUSED",
            zone.address("example.com"),
        )


def test_names_that_do_not_exist_lead_to_a_page_of_the_provider(lab: Lab) -> None:
    with applied(lab, "dns", "search_help", at="isp", address="192.88.99.193"):
        assert looked_up(lab["pc"], "no-such-name.example.com") == "192.88.99.193"
        assert looked_up(lab["pc"], "zoom.us") == ZOOM


def test_a_network_may_answer_for_all_name_servers(lab: Lab) -> None:
    with applied(lab, "dns", "hijacked", everywhere=True):
        assert looked_up(lab["pc"], "zoom.us", "@8.8.8.8") == topology.ROUTER_IP
        assert looked_up(lab["pc"], "zoom.us", f"@{GOOGLE6}") == topology.ROUTER_IP


def test_a_slow_name_server_takes_its_time_once_for_questions_at_once(lab: Lab) -> None:
    with applied(lab, "dns", "slow", delay_ms=400):
        started = time.monotonic()
        assert looked_up(lab["pc"], "zoom.us") == ZOOM
        assert 0.4 <= time.monotonic() - started < 0.8


def test_a_computer_may_ask_a_name_server_that_is_none(lab: Lab) -> None:
    with applied(lab, "name_servers", [topology.NOBODY_IP]):
        assert looked_up(lab["pc"], "zoom.us") == "silent"


# ---- Those in the middle ----


def test_a_portal_leads_web_pages_to_its_sign_in_and_cuts_the_rest(lab: Lab) -> None:
    pc = lab["pc"]
    with applied(lab, "portal", "redirect"):
        assert fetched(pc, NO_PAGE) == fetched(pc, NO_PAGE, "-6") == "302 http://192.168.1.1/login"
        assert fetched(pc, "http://192.168.1.1/login") == "200"
        assert fetched(pc, SECURE) == "curl 7"
        assert looked_up(pc, "zoom.us") == ZOOM
        assert looked_up(pc, "zoom.us", "@8.8.8.8") == "silent"
    assert fetched(pc, NO_PAGE) == "204"


def test_portals_differ(lab: Lab) -> None:
    pc = lab["pc"]
    with applied(lab, "portal", "page", secure="untrusted", names="hijacked"):
        assert (fetched(pc, NO_PAGE), fetched(pc, SECURE)) == ("200", "curl 60")
        assert looked_up(pc, "zoom.us") == topology.ROUTER_IP
    with applied(lab, "portal", "changed", secure="drop", udp="pass"):
        assert (fetched(pc, NO_PAGE), fetched(pc, SECURE)) == ("404", "curl 28")
        assert looked_up(pc, "zoom.us", "@8.8.8.8") == ZOOM


def test_opened_connections_show_the_other_ca_and_the_true_pages(lab: Lab) -> None:
    pc = lab["pc"]
    with applied(lab, "intercept", "untrusted"):
        assert fetched(pc, SECURE) == fetched(pc, "https://1.1.1.1/") == "curl 60"
        assert fetched(pc, SECURE, "--insecure") == "204"
    with applied(lab, "intercept", "trusted"):
        assert fetched(pc, SECURE) == fetched(pc, SECURE, "-6") == "204"
        assert "Inspection CA" in fetched_issuer(lab)
    assert "Lab CA" in fetched_issuer(lab)
    with applied(lab, "intercept", "untrusted", names="zoom.us"):
        assert (fetched(pc, "https://zoom.us/"), fetched(pc, SECURE)) == ("curl 60", "204")
    with applied(lab, "intercept", "untrusted", but="www.google.com"):
        assert (fetched(pc, "https://zoom.us/"), fetched(pc, SECURE)) == ("curl 60", "204")


def fetched_issuer(lab: Lab) -> str:
    shown = lab["pc"].run("curl", "-sSv", "-o", "/dev/null", SECURE, user=True).stderr
    return next(line for line in shown.splitlines() if "issuer:" in line)


def test_a_required_proxy_is_the_only_way_to_web_pages(lab: Lab) -> None:
    with applied(lab, "proxy_required", "http://proxy.corp.test:3128", answer="reset"):
        assert lab.person_env["https_proxy"] == "http://proxy.corp.test:3128"
        assert connects(lab["pc"], ZOOM, 443) == connects(lab["pc"], ZOOM, 80) == "ECONNREFUSED"
        assert connects(lab["pc"], "8.8.8.8", 53) == "yes"
