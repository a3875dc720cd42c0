"""The servers for web, speed and files work for those who use them, and their variants fail as they say."""

import json
import os
import re
import sys
from typing import Any

import pytest

from tests.lab import topology, zone
from tests.lab.hosts import USER
from tests.lab.lab import Lab
from tests.lab.people import USER_PASSWORD
from tests.lab.servers import documents, nginx, samba, speedtest, sshd, webdav
from tests.lab.servers.base import Server, tcp
from tests.lab.using import get, instead, said, slow_line, statuses

OTHER_PASSWORD = f"{USER_PASSWORD}-until-yesterday"
CERTIFICATE_FAULTS = {
    "expired": "certificate has expired",
    "not-yet-valid": "certificate is not yet valid",
    "other-name": "no alternative certificate subject name matches",
    "untrusted": "unable to get local issuer certificate",
}


@pytest.fixture(scope="module", autouse=True)
def servers(lab: Lab) -> None:
    lab.start([nginx.internet(lab), speedtest.server(), nginx.company(lab), nginx.inside(lab)])
    lab.start([samba.files(), webdav.documents_server(lab), sshd.sftp()])


# ---- The vendors' sites ----


@pytest.mark.parametrize("version", ["-4", "-6"])
def test_every_vendors_site_shows_a_page_over_https_with_both_ip_versions(lab: Lab, version: str) -> None:
    urls = [f"https://{name}/" for name in nginx.web_names()]
    assert statuses(lab, urls, version) == dict.fromkeys(urls, "200")


def test_every_vendors_site_answers_plain_http(lab: Lab) -> None:
    urls = [f"http://{name}/" for name in nginx.web_names()]
    assert set(statuses(lab, urls).values()) == {"200", "301"}


def test_the_public_name_servers_show_a_page_with_a_certificate_for_their_address(lab: Lab) -> None:
    urls = [f"https://{ip}/" for ip in topology.LITERAL_IPS] + [
        f"https://[{ip}]/" for ip in topology.LITERAL_IP6S
    ]
    assert statuses(lab, urls) == dict.fromkeys(urls, "200")


def test_the_pages_that_tell_whether_one_is_online_are_what_the_systems_expect(lab: Lab) -> None:
    for url in ("http://connectivitycheck.gstatic.com/generate_204", "https://www.google.com/generate_204"):
        head, _, body = get(lab, url, "--http1.1").partition("\n\n")
        assert head.startswith("HTTP/1.1 204") and "\nDate: " in head
        assert body == ""
    page = get(lab, "http://www.msftconnecttest.com/connecttest.txt")
    assert page.startswith("HTTP/1.1 200")
    assert page.endswith("\n\nMicrosoft Connect Test")


def test_a_page_can_tell_the_address_that_it_sees(lab: Lab) -> None:
    assert f"ip={topology.WAN_IP}\n" in get(lab, "https://www.cloudflare.com/cdn-cgi/trace", "-4")


def test_one_vendor_can_be_in_trouble_alone(lab: Lab) -> None:
    with instead(lab, nginx.internet(lab, status={"meet.google.com": 503})):
        urls = ["https://meet.google.com/", "https://accounts.google.com/"]
        assert list(statuses(lab, urls).values()) == ["503", "200"]
    assert statuses(lab, urls[:1]) == {urls[0]: "200"}


@pytest.mark.parametrize("fault", CERTIFICATE_FAULTS)
def test_one_site_can_show_a_bad_certificate_alone(lab: Lab, fault: Any) -> None:
    with instead(lab, nginx.internet(lab, certificate={"www.google.com": fault})):
        assert CERTIFICATE_FAULTS[fault] in get(lab, "https://www.google.com/")
        assert statuses(lab, ["https://accounts.google.com/"]) == {"https://accounts.google.com/": "200"}


def test_a_fault_of_a_site_that_is_not_there_is_a_mistake_of_the_catalogue(lab: Lab) -> None:
    with pytest.raises(ValueError, match=r"has no site www\.gogle\.com"):
        nginx.internet(lab, status={"www.gogle.com": 503})


# ---- Speed ----


def speedtest_net(lab: Lab, down_bytes: int, up_bytes: int) -> dict[str, Any]:
    """What readycheck's child process measures, as it is, by the real names."""
    request = {"down_bytes": down_bytes, "up_bytes": up_bytes, "seconds": 8}
    program = f"import json, readycheck.measure.providers.speedtest_child as c; print(json.dumps(c.measure({request}, print)))"
    told = said(lab, sys.executable, "-c", program.replace("print)", "lambda *_: None)"))
    found: dict[str, Any] = json.loads(told.splitlines()[0]) if told.startswith("{") else {"trouble": told}
    return found


def test_speedtest_net_measures_the_line_that_there_is(lab: Lab) -> None:
    with slow_line(lab, 20, 10):
        found = speedtest_net(lab, 5_000_000, 2_500_000)
    assert found.get("server") == "ISP of the lab, Berlin", found
    # Never more than the line; less where the first packet of a piece was lost, which costs it a second or three.
    assert 5e6 < found["down"]["bits_per_s"] < 20e6
    assert 2e6 < found["up"]["bits_per_s"] < 10.5e6
    assert found["ping_ms"] < 100


def test_cloudflares_speed_test_sends_and_takes_and_refuses_what_the_real_one_does(lab: Lab) -> None:
    url = "https://speed.cloudflare.com"
    assert get(lab, f"{url}/__down?bytes=1234567", "-o", "/dev/null", "-w", "%{size_download}") == "1234567"
    ping = get(lab, f"{url}/__down?bytes=0", "-i")
    assert ping.startswith("HTTP/") and "200" in ping.splitlines()[0]
    assert "cfRequestDuration;dur=" in ping
    assert statuses(lab, [f"{url}/__down?bytes=100000000"]) == {f"{url}/__down?bytes=100000000": "403"}
    sent = said(
        lab, "sh", "-c", f"head -c 3000000 /dev/zero | curl -sS -H Expect: --data-binary @- {url}/__up"
    )
    assert sent == "size=3000000"


def test_the_images_of_speedtest_net_have_their_sizes(lab: Lab) -> None:
    for side, size in speedtest.IMAGES.items():
        head = get(lab, f"http://{speedtest.HOST}:{speedtest.PORT}/speedtest/random{side}x{side}.jpg", "-I")
        assert f"Content-Length: {size}\n" in head


def test_a_speed_server_in_trouble_measures_nothing(lab: Lab) -> None:
    with instead(lab, speedtest.server(status=503)):
        assert "NoMeasurement" in speedtest_net(lab, 1_000_000, 1_000_000)["trouble"]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_companys_speed_server_sends_and_takes_what_it_is_asked_to(lab: Lab, scheme: str) -> None:
    url = f"{scheme}://speed.{zone.DOMAIN}"
    counted = ("-o", "/dev/null", "-w", "%{size_download} %{content_type}")
    assert get(lab, f"{url}/download?bytes=1234567", *counted).split()[0] == "1234567"
    assert get(lab, f"{url}/100M.bin", *counted) == f"{100 << 20} application/octet-stream"
    assert get(lab, f"{url}/upload", "--data-binary", "@-", at="company").endswith("size=0")
    sent = said(
        lab, "sh", "-c", f"head -c 3000000 /dev/zero | curl -sS -H Expect: --data-binary @- {url}/upload"
    )
    assert sent == "size=3000000"


def test_an_upload_is_answered_when_all_of_it_has_come_and_not_before(lab: Lab) -> None:
    with slow_line(lab, 20, 4):
        upload = "head -c 1000000 /dev/zero | curl -sS -H Expect: --data-binary @- -w ' %{time_total}'"
        size, seconds = said(lab, "sh", "-c", f"{upload} http://speed.{zone.DOMAIN}/upload").split()
    assert size == "size=1000000"
    assert float(seconds) > 1.6, "the line needs 2 s for this"


# ---- The company's pages ----


def test_the_companys_sites_are_open_to_everybody(lab: Lab) -> None:
    urls = [f"https://{name}/" for name in (zone.DOMAIN, f"www.{zone.DOMAIN}", f"chat.{zone.DOMAIN}")]
    assert statuses(lab, urls) == dict.fromkeys(urls, "200")
    assert "<h1>Help desk of Corp</h1>" in get(lab, f"http://helpdesk.{zone.DOMAIN}/", "-L")


def test_the_help_desk_can_be_broken_or_show_a_bad_certificate(lab: Lab) -> None:
    host = f"helpdesk.{zone.DOMAIN}"
    with instead(lab, nginx.company(lab, status={host: 502}, certificate={f"chat.{zone.DOMAIN}": "expired"})):
        assert statuses(lab, [f"https://{host}/"]) == {f"https://{host}/": "502"}
        assert "certificate has expired" in get(lab, f"https://chat.{zone.DOMAIN}/")


def test_a_ticket_system_can_stand_behind_the_help_desk(lab: Lab) -> None:
    serving = (sys.executable, "-m", "http.server", "--bind", "127.0.0.1", "8080")
    tickets = Server(
        name="tickets",
        host="company",
        command=serving,
        files={"index.html": "ticket system"},
        ready=tcp("127.0.0.1", 8080),
    )
    with instead(lab, nginx.company(lab, desk="rt")):
        assert get(lab, f"https://helpdesk.{zone.DOMAIN}/").startswith("HTTP/2 502")
        lab.start([tickets])
        assert get(lab, f"https://helpdesk.{zone.DOMAIN}/").endswith("ticket system")
        lab.stop(tickets.name)


def test_the_intranet_is_open_inside_only(lab: Lab) -> None:
    url = f"https://intranet.{zone.DOMAIN}/"
    known = ("--resolve", f"intranet.{zone.DOMAIN}:443:{topology.INSIDE_WEB_IP}")
    assert "<h1>Intranet of Corp</h1>" in get(lab, url, *known, at="company")
    assert "curl: (" in get(lab, url, *known, "--connect-timeout", "1")
    with instead(lab, nginx.inside(lab, status={f"intranet.{zone.DOMAIN}": 503})):
        assert get(lab, url, *known, at="company").startswith("HTTP/2 503")


# ---- Files ----


def smb(lab: Lab, do: str, share: str = "team", password: str = USER_PASSWORD) -> str:
    where = f"//{topology.INSIDE_FILES_IP}/{share}"
    return said(lab, "smbclient", where, "-U", f"{USER}%{password}", "-c", do, at="company")


def test_the_team_share_can_be_listed_read_and_written_by_the_person(lab: Lab) -> None:
    told = smb(lab, "ls; get handbook.txt -; put /etc/hostname new.txt; ls new.txt; rm new.txt; ls")
    assert re.search(rf"{documents.SAMPLE} +N +{documents.SAMPLE_BYTES} ", told)
    assert documents.WELCOME in told
    assert len(re.findall(r"^  new\.txt ", told, re.MULTILINE)) == 1
    assert "NT_STATUS" not in told


def test_the_board_is_closed_to_the_person_and_another_share_is_not_there(lab: Lab) -> None:
    assert "NT_STATUS_ACCESS_DENIED" in smb(lab, "ls", share="board")
    assert "NT_STATUS_BAD_NETWORK_NAME" in smb(lab, "ls", share="nowhere")
    assert "NT_STATUS_LOGON_FAILURE" in smb(lab, "ls", password=OTHER_PASSWORD)


@pytest.mark.parametrize(
    ("variant", "do", "answer"),
    [
        ({"password": OTHER_PASSWORD}, "ls", "session setup failed: NT_STATUS_LOGON_FAILURE"),
        ({"account": "unknown"}, "ls", "session setup failed: NT_STATUS_LOGON_FAILURE"),
        ({"account": "expired"}, "ls", "session setup failed: NT_STATUS_PASSWORD_MUST_CHANGE"),
        ({"account": "locked"}, "ls", "session setup failed: NT_STATUS_ACCOUNT_LOCKED_OUT"),
        ({"account": "disabled"}, "ls", "session setup failed: NT_STATUS_ACCOUNT_DISABLED"),
        ({"shares": ()}, "ls", "tree connect failed: NT_STATUS_BAD_NETWORK_NAME"),
        ({"read_only": True}, "put /etc/hostname new.txt", "NT_STATUS_ACCESS_DENIED opening remote file"),
        ({"full": True}, "put /etc/hostname new.txt", "NT_STATUS_DISK_FULL"),
        ({"without": ["sample.bin"]}, "get sample.bin -", "NT_STATUS_OBJECT_NAME_NOT_FOUND"),
        ({"protocols": ("NT1", "NT1")}, "ls", "protocol negotiation failed"),
    ],
)
def test_the_file_server_can_be_in_each_trouble(
    lab: Lab, variant: dict[str, Any], do: str, answer: str
) -> None:
    with instead(lab, samba.files(**variant)):
        assert answer in smb(lab, do)


def dav(lab: Lab, name: str, *options: str, password: str = USER_PASSWORD) -> str:
    known = ("--resolve", f"{webdav.HOST}:443:{topology.INSIDE_WEBDAV_IP}", "-u", f"{USER}:{password}")
    return get(lab, f"https://{webdav.HOST}/team/{name}", *known, *options, at="company")


def test_the_documents_can_be_listed_read_and_written_by_the_person(lab: Lab) -> None:
    listing = dav(lab, "", "-X", "PROPFIND", "-H", "Depth: 1")
    assert listing.startswith("HTTP/1.1 207") and "handbook.txt" in listing and "sample.bin" in listing
    assert dav(lab, documents.HANDBOOK).endswith(documents.WELCOME)
    assert dav(lab, documents.SAMPLE, "-r", "0-99", "-I").startswith("HTTP/1.1 206")
    assert "HTTP/1.1 201" in dav(lab, "new.txt", "-T", "/etc/hostname")
    assert dav(lab, "new.txt", "-X", "DELETE").startswith("HTTP/1.1 204")


def test_the_documents_are_closed_to_whoever_has_another_password(lab: Lab) -> None:
    assert dav(lab, documents.HANDBOOK, password=OTHER_PASSWORD).startswith("HTTP/1.1 401")
    with instead(lab, webdav.documents_server(lab, password=OTHER_PASSWORD)):
        assert dav(lab, documents.HANDBOOK).startswith("HTTP/1.1 401")


def test_the_documents_can_be_read_only_missing_or_on_a_full_disk(lab: Lab) -> None:
    with instead(lab, webdav.documents_server(lab, read_only=True, without=[documents.SAMPLE])):
        assert "HTTP/1.1 403" in dav(lab, "new.txt", "-T", "/etc/hostname")
        assert dav(lab, documents.SAMPLE).startswith("HTTP/1.1 404")
    with instead(lab, webdav.documents_server(lab, full=True)):
        assert dav(lab, documents.HANDBOOK).endswith(documents.WELCOME)
        assert "No space left on device" in dav(lab, "new.txt", "-T", "/etc/hostname")


def test_the_documents_can_be_behind_a_bad_certificate(lab: Lab) -> None:
    with instead(lab, webdav.documents_server(lab, certificate="untrusted")):
        assert CERTIFICATE_FAULTS["untrusted"] in dav(lab, "")


def test_the_files_can_be_fetched_over_sftp_and_there_is_no_shell(lab: Lab) -> None:
    who = f"{USER}@{topology.INSIDE_FILES_IP}"
    known = (
        "-oBatchMode=yes",
        "-oStrictHostKeyChecking=no",
        f"-oUserKnownHostsFile={os.devnull}",
        "-i",
        str(sshd.KEY),
    )
    assert str(documents.SAMPLE_BYTES) in said(
        lab, "sftp", "-b", "-", *known, who, at="company", input="ls -l\n"
    )
    assert "sftp connections only" in said(lab, "ssh", *known, who, "id", at="company")
