"""The share check against real WebDAV servers on loopback: wsgidav, and servers that are silent or something else."""

import asyncio
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
import trustme

from readycheck.api import Meter
from readycheck.errors import Closed, Refused, Silent
from readycheck.model import Confidence, Owner, Status
from readycheck.testing import FakeHttp, FakeNet, Where, http_answer, run_check
from readycheck_checks.blame.trouble import BYTES as LOOK_BYTES
from readycheck_checks.share import check
from readycheck_checks.shares.options import ShareOptions
from tests.checks.connection_listeners import LOOPBACK, closed_port, silent_tcp, tcp_listener, web_server
from tests.checks.file_servers import Application, serving, webdav
from tests.checks.share_visits import RATE, be_impatient, codes, deciding, facts, fill, visit_webdav

Environ = dict[str, Any]


@pytest.fixture
def team(tmp_path: Path) -> Path:
    return fill(tmp_path / "team")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    be_impatient(monkeypatch)


def test_a_share_that_works_passes_every_stage_and_is_left_as_it_was(team: Path) -> None:
    before = sorted(path.name for path in team.iterdir())
    with webdav(team) as port:
        result = visit_webdav(port, write=True, **RATE)
    assert result.status is Status.PASS
    assert result.findings[0].detail == "worked: name, port, server, sign-in, list, read, rate, write"
    assert sorted(path.name for path in team.iterdir()) == before
    assert facts(result)["share_entries"] == "3"
    assert result.measurements[0].value > 5e6
    assert (result.measurements[0].plan_limit, result.measurements[0].fail_limit) == (5e6, 1e6)


def test_a_server_that_asks_for_digest_is_signed_in_to(team: Path) -> None:
    with webdav(team, digest=True) as port:
        assert visit_webdav(port, write=True, **RATE).status is Status.PASS


def test_a_folder_with_odd_characters_in_its_name_opens(team: Path) -> None:
    with webdav(team) as port:
        assert visit_webdav(port, "team/plans%20%26%20ideas", write=True).status is Status.PASS


def test_a_wrong_password_is_told_and_the_person_can_mend_it(team: Path) -> None:
    with webdav(team) as port:
        result = visit_webdav(port, password="yesterday's")
    assert deciding(result) == (Status.FAIL, "files.sign_in_refused", Owner.DEVICE)
    assert "yesterday" not in str(result)


def test_without_a_password_what_was_proved_stands_and_the_rest_is_unknown(team: Path) -> None:
    with webdav(team) as port:
        result = visit_webdav(port, password=None)
    assert result.status is Status.UNKNOWN
    assert codes(result) == ["files.server_answers", "files.unproved"]
    assert "no password" in result.reason


def test_without_a_password_a_dead_server_is_still_a_failure() -> None:
    assert deciding(visit_webdav(closed_port(), password=None)) == (
        Status.FAIL,
        "files.port_refused",
        Owner.COMPANY,
    )


def _forbidding(*methods: str) -> Callable[[Application], Application]:
    """Answers 403 to these methods once signed in."""

    def wrap(app: Application) -> Application:
        def answer(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
            if environ["REQUEST_METHOD"] in methods and "HTTP_AUTHORIZATION" in environ:
                start_response("403 Forbidden", [("Content-Length", "0")])
                return [b""]
            return app(environ, start_response)

        return answer

    return wrap


def test_a_folder_that_is_forbidden_is_the_companys_to_open(team: Path) -> None:
    with webdav(team, wrap=_forbidding("PROPFIND")) as port:
        result = visit_webdav(port)
    assert deciding(result) == (Status.FAIL, "files.access_denied", Owner.COMPANY)
    assert result.findings[0].confidence is Confidence.HIGH
    assert "HTTP 403" in result.findings[0].detail


def test_a_folder_that_is_not_there_is_named_as_missing(team: Path) -> None:
    with webdav(team) as port:
        assert deciding(visit_webdav(port, "team/moved")) == (
            Status.FAIL,
            "files.share_missing",
            Owner.COMPANY,
        )


def test_files_that_can_be_listed_and_not_read_fail_at_reading(team: Path) -> None:
    with webdav(team, wrap=_forbidding("GET")) as port:
        result = visit_webdav(port, read_file="welcome.txt")
    assert deciding(result) == (Status.FAIL, "files.read_failed", Owner.COMPANY)
    assert "worked: name, port, server, sign-in, list" in result.findings[0].detail


def test_a_missing_test_file_is_a_warning_because_other_files_may_open(team: Path) -> None:
    with webdav(team) as port:
        result = visit_webdav(port, read_file="gone.txt")
    assert deciding(result)[:2] == (Status.WARN, "files.read_failed")


def test_a_share_that_takes_no_files_fails_where_saving_is_required(team: Path) -> None:
    with webdav(team, readonly=True) as port:
        assert deciding(visit_webdav(port, write=True))[:2] == (Status.FAIL, "files.write_denied")
        relaxed = visit_webdav(port, write=True, write_required=False)
    assert (relaxed.status, codes(relaxed)) == (Status.WARN, ["files.opens", "files.write_denied"])


def test_a_test_file_that_cannot_be_removed_is_told(team: Path) -> None:
    with webdav(team, wrap=_forbidding("DELETE")) as port:
        result = visit_webdav(port, write=True)
    assert deciding(result)[:2] == (Status.WARN, "files.left_behind")
    assert [path.name for path in team.iterdir() if path.name.startswith("readycheck-")]


def test_no_more_is_moved_than_is_stated_though_the_server_asks_for_a_sign_in(team: Path) -> None:
    ways: dict[str, Any] = {"write": True, "rate_up_plan_mbps": 5.0, "rate_up_fail_mbps": 1.0} | RATE
    options = ShareOptions(url="https://files.example/", rate_bytes=600_000, **ways)
    meter = Meter()
    with webdav(team) as port:
        assert visit_webdav(port, meter=meter, rate_bytes=600_000, **ways).status is Status.PASS
    assert meter.used <= check.cost_of(options, quick=False).bytes - LOOK_BYTES, (
        "nothing failed, so nothing was looked into"
    )


def test_a_file_whose_saving_was_never_confirmed_is_removed_all_the_same(team: Path, impatient: None) -> None:
    def wrap(app: Application) -> Application:
        def answer(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
            said = list(app(environ, start_response))
            if environ["REQUEST_METHOD"] == "PUT" and "HTTP_AUTHORIZATION" in environ:
                time.sleep(2.5)
            return said

        return answer

    with webdav(team, wrap=wrap) as port:
        result = visit_webdav(port, write=True)
    assert deciding(result)[:2] == (Status.FAIL, "files.transfer_hangs")
    assert not [path.name for path in team.iterdir() if path.name.startswith("readycheck-")]


def test_a_server_that_accepts_and_says_nothing_is_proved_silent(impatient: None) -> None:
    with tcp_listener() as port:
        result = visit_webdav(port)
    assert deciding(result) == (Status.FAIL, "files.server_silent", Owner.COMPANY)


def test_a_silent_port_is_unknown_without_a_control_and_a_failure_with_one(
    team: Path, impatient: None
) -> None:
    with silent_tcp() as port, tcp_listener() as other:
        alone = visit_webdav(port)
        beside = visit_webdav(port, tcp_controls=(f"{LOOPBACK}:{other}",))
        dead = visit_webdav(port, tcp_controls=(f"{LOOPBACK}:{closed_port()}",))
    assert deciding(alone)[:2] == (Status.UNKNOWN, "files.unproved")
    assert deciding(beside) == (Status.FAIL, "files.port_silent", Owner.COMPANY)
    assert deciding(dead)[0] is Status.UNKNOWN


def test_a_web_server_that_is_no_webdav_server_is_told_apart(team: Path) -> None:
    with web_server({"*": (200, {}, b"hello")}) as port:  # answers 501 to OPTIONS and PROPFIND
        result = visit_webdav(port)
    assert deciding(result) == (Status.FAIL, "files.not_a_share", Owner.COMPANY)


def _always(status: str, *headers: tuple[str, str]) -> Application:
    def answer(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response(status, [("Content-Length", "0"), *headers])
        return [b""]

    return answer


def test_a_server_in_trouble_is_told_apart_from_a_missing_share(team: Path) -> None:
    with serving(_always("503 Service Unavailable"), team) as port:
        assert deciding(visit_webdav(port)) == (Status.FAIL, "files.server_trouble", Owner.COMPANY)


def test_a_sign_in_on_a_web_page_is_unknown_because_only_a_person_can_do_it(team: Path) -> None:
    with serving(_always("302 Found", ("Location", "https://login.example/saml?secret=1")), team) as port:
        result = visit_webdav(port)
    assert result.status is Status.UNKNOWN
    assert "web page" in result.reason
    assert "login.example" in result.findings[-1].detail
    assert "secret" not in result.findings[-1].detail


def test_over_tls_a_trusted_share_works_and_an_untrusted_one_never_sees_the_password(
    team: Path, tmp_path: Path
) -> None:
    authority = trustme.CA()
    ca_file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    with webdav(team, certificate=authority.issue_cert(LOOPBACK)) as port:
        good = visit_webdav(port, scheme="https", ca_file=str(ca_file), write=True, **RATE)
        bad = visit_webdav(port, scheme="davs")
        other = visit_webdav(port, scheme="https", host="localhost", ca_file=str(ca_file))
    assert good.status is Status.PASS
    assert deciding(bad) == (Status.FAIL, "files.certificate", Owner.UNKNOWN)
    assert "issuer that this computer does not trust" in bad.summary
    assert deciding(other) == (Status.FAIL, "files.certificate", Owner.COMPANY)
    assert "belongs to another name" in other.summary


def test_behind_a_proxy_the_share_is_not_blamed_for_what_the_proxy_did_not_pass_on() -> None:
    wanted = ShareOptions(url="https://files.example/team", user="anna", password_secret="team")
    proxied = {"https://files.example:443/team/": "http://proxy.example:3128"}
    for error in (Silent, Closed, Refused):
        http = FakeHttp({url: error(Where(host="files.example")) for url in proxied}, proxied)
        result = asyncio.run(run_check(check, wanted, http=http))
        assert result.status is Status.UNKNOWN
        assert "proxy" in result.reason


def test_a_redirect_to_what_is_no_address_breaks_nothing() -> None:
    url = "https://files.example:443/team/"
    wanted = ShareOptions(url="https://files.example/team", sign_in="none")
    http = FakeHttp({url: http_answer(url, 302, location="https://[half")})
    net = FakeNet(ports={("files.example", 443): 9.0})
    result = asyncio.run(run_check(check, wanted, http=http, net=net))
    assert (result.status, result.crash) == (Status.UNKNOWN, "")


NEXTCLOUD = "https://cloud.example:443/remote.php/dav/files/anna/"
STATUS = "https://cloud.example:443/status.php"


def visit_nextcloud(page: bytes, status: int = 200, *, sign_in: Any = "none") -> Any:
    wanted = ShareOptions(url="https://cloud.example/remote.php/dav/files/anna", sign_in=sign_in, user="anna")
    pages = {STATUS: http_answer(STATUS, status, page), NEXTCLOUD: http_answer(NEXTCLOUD, 503)}
    net = FakeNet(ports={("cloud.example", 443): 9.0})
    return asyncio.run(run_check(check, wanted, http=FakeHttp(pages), net=net))


def test_a_nextcloud_in_maintenance_is_told_by_its_status_and_not_by_the_errors_behind_it() -> None:
    closed = visit_nextcloud(b'{"installed":true,"maintenance":true,"productname":"Nextcloud"}')
    assert deciding(closed) == (Status.FAIL, "files.maintenance", Owner.COMPANY)
    opened = visit_nextcloud(b'{"installed":true,"maintenance":false,"versionstring":"31.0.5"}')
    assert (opened.status, facts(opened)["share_product"]) == (Status.PASS, "Nextcloud 31.0.5")


def test_without_a_status_page_a_webdav_folder_is_judged_as_any_other() -> None:
    assert deciding(visit_nextcloud(b"<html>", 404))[:2] == (Status.FAIL, "files.server_trouble")
