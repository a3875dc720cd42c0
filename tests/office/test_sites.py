"""Portal, chat, sign-in, captive-portal checks, mail and share: what a client of each kind sees."""

import smtplib
import ssl
import time

import httpx
import pytest

from readycheck.office import sites
from readycheck.office.faults import faults_named
from readycheck.office.fileshare import SAMPLE, SAMPLE_BYTES, WELCOME
from readycheck.office.running import Office
from readycheck.office.values import SHARE_USER, OfficeValues


def trust(office: OfficeValues) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=office.ca_file)


def get(office: OfficeValues, name: str, port: int) -> httpx.Response:
    """A page by the name of its host, at its address."""
    with httpx.Client(verify=trust(office)) as client:
        return client.get(
            f"https://127.0.0.1:{port}/",
            headers={"Host": name},
            extensions={"sni_hostname": name},
        )


def share(office: OfficeValues, password: str | None = None) -> httpx.Client:
    return httpx.Client(
        base_url=f"https://127.0.0.1:{office.share_port}/team/",
        verify=trust_any_name(office),
        auth=(SHARE_USER, password or office.share_password),
        timeout=10,
    )


def trust_any_name(office: OfficeValues) -> ssl.SSLContext:
    """The office's certificates name hosts; these tests connect by address, and check the name elsewhere."""
    context = trust(office)
    context.check_hostname = False
    return context


def test_pages_say_what_they_are_under_a_certificate_of_their_name(office: OfficeValues) -> None:
    assert sites.PORTAL_TEXT in get(office, "portal.office.test", office.portal_port).text
    assert sites.CHAT_TEXT in get(office, "chat.office.test", office.chat_port).text
    assert get(office, "sign-in.office.test", office.sign_in_port).status_code == 200
    with pytest.raises(httpx.ConnectError, match="mismatch"):
        get(office, "chat.office.test", office.portal_port)


def test_a_client_that_does_not_trust_the_office_is_right_to_refuse(office: OfficeValues) -> None:
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(f"https://127.0.0.1:{office.portal_port}/")


def test_an_open_way_out_answers_as_the_two_vendors_do(office: OfficeValues) -> None:
    url = f"http://127.0.0.1:{office.online_port}"
    nothing = httpx.get(f"{url}/generate_204")
    assert (nothing.status_code, nothing.content) == (204, b"")
    assert "Success" in httpx.get(f"{url}/hotspot-detect.html").text


def test_mail_is_taken_after_starttls(office: OfficeValues) -> None:
    with smtplib.SMTP("127.0.0.1", office.mail_port, timeout=5) as mail:
        mail.ehlo("client.example")
        assert mail.has_extn("starttls")
        mail._host = "mail.office.test"  # type: ignore[attr-defined]  # connected by address, verified by name
        assert mail.starttls(context=trust(office))[0] == 220
        mail.sendmail("anna@office.test", "help@office.test", "Subject: hello\r\n\r\n")


def test_the_share_wants_a_sign_in_and_then_lists_reads_and_writes(office: OfficeValues) -> None:
    with httpx.Client(verify=trust_any_name(office)) as nobody:
        refused = nobody.request("OPTIONS", f"https://127.0.0.1:{office.share_port}/team/")
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"].startswith("Basic")
    with share(office) as client:
        listed = client.request("PROPFIND", "", headers={"Depth": "1"})
        assert listed.status_code == 207 and WELCOME in listed.text and SAMPLE in listed.text
        assert "Welcome" in client.get(WELCOME).text
        assert client.put("note.txt", content=b"x").status_code == 201
        assert client.delete("note.txt").status_code == 204
    with share(office, "wrong") as stranger:
        assert stranger.request("PROPFIND", "").status_code == 401


def test_the_share_has_the_rate_of_its_link(office: OfficeValues) -> None:
    with share(office) as client:
        client.get(WELCOME)
        began = time.monotonic()
        assert len(client.get(SAMPLE).content) == SAMPLE_BYTES
        assert SAMPLE_BYTES * 8 / (time.monotonic() - began) == pytest.approx(80e6, rel=0.3)


def test_broken_sites_are_broken_in_their_own_way() -> None:
    faults = ("share-denied", "portal-down", "mail-no-starttls", "captive-portal")
    with Office.start(faults_named(faults)) as running:
        office = running.values
        assert get(office, "portal.office.test", office.portal_port).status_code == 503
        hotspot = httpx.get(f"http://127.0.0.1:{office.online_port}/generate_204")
        assert hotspot.status_code == 302 and "sign-in" in hotspot.headers["location"]
        with share(office) as client:
            assert client.request("PROPFIND", "", headers={"Depth": "1"}).status_code == 403
            assert client.get(WELCOME).status_code == 403
        with share(office, "wrong") as stranger:
            assert stranger.get(WELCOME).status_code == 401
        with smtplib.SMTP("127.0.0.1", office.mail_port, timeout=5) as mail:
            mail.ehlo("client.example")
            assert not mail.has_extn("starttls")


def test_a_certificate_that_ran_out_and_a_password_that_changed_are_refused() -> None:
    with Office.start(faults_named(["certificate-expired", "share-sign-in"])) as running:
        office = running.values
        with pytest.raises(httpx.ConnectError, match="expired"):
            get(office, "portal.office.test", office.portal_port)
        with share(office) as client:
            assert client.get(WELCOME).status_code == 401
