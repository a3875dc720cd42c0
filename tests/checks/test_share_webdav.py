"""The share check against real WebDAV servers on loopback: wsgidav, and servers that are slow, silent or something else."""

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from readycheck.adapters.http import RealHttp
from readycheck.adapters.net import RealNet
from readycheck.adapters.tls import verifying_context
from readycheck.api import Meter
from readycheck.model import CheckResult, Confidence, Owner, Status
from readycheck.testing import FakeSecrets, run_check
from readycheck_checks import share
from readycheck_checks.share import ShareOptions, check
from readycheck_checks.shares import webdav as webdav_visit
from tests.checks.connection_listeners import LOOPBACK, closed_port, silent_tcp, tcp_listener, web_server
from tests.checks.file_servers import PASSWORD, USER, Application, serving, webdav

Environ = dict[str, Any]
RATE = {"read_file": "large.bin", "rate_plan_mbps": 5.0, "rate_fail_mbps": 1.0}


@pytest.fixture
def team(tmp_path: Path) -> Path:
    """The folder that is shared: two files and a folder."""
    folder = tmp_path / "team"
    (folder / "plans & ideas").mkdir(parents=True)
    (folder / "welcome.txt").write_text("Welcome")
    (folder / "large.bin").write_bytes(bytes(1_500_000))
    return folder


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same waits, shorter."""
    monkeypatch.setattr(share, "PORT_WAIT_S", 0.5)
    monkeypatch.setattr(webdav_visit, "ANSWER_S", 1.5)


def visit(
    port: int,
    path: str = "team",
    *,
    password: str | None = PASSWORD,
    scheme: str = "http",
    host: str = LOOPBACK,
    ca_file: str = "",
    meter: Meter | None = None,
    quick: bool = False,
    **options: Any,
) -> CheckResult:
    meter = meter or Meter()
    net = RealNet(meter, context=verifying_context(ca_file) if ca_file else None)
    wanted = ShareOptions(
        url=f"{scheme}://{host}:{port}/{path}",
        title="Team files",
        user=USER,
        password_secret="team",
        **options,
    )
    secrets = FakeSecrets({} if password is None else {"team": password})
    world = {"net": net, "http": RealHttp(net, meter), "meter": meter, "secrets": secrets, "quick": quick}
    return asyncio.run(run_check(check, wanted, **world))


def codes(result: CheckResult) -> list[str]:
    return [finding.code for finding in result.findings]


def deciding(result: CheckResult) -> tuple[Status, str, Owner]:
    finding = next(finding for finding in result.findings if finding.status is result.status)
    return result.status, finding.code, finding.owner


def test_a_share_that_works_passes_every_stage_and_is_left_as_it_was(team: Path) -> None:
    before = sorted(path.name for path in team.iterdir())
    with webdav(team) as port:
        result = visit(port, write=True, **RATE)
    assert result.status is Status.PASS
    assert result.findings[0].detail == "worked: name, port, server, sign-in, list, read, rate, write"
    assert sorted(path.name for path in team.iterdir()) == before
    assert "3" in [fact.value for fact in result.facts if fact.name == "share_entries"]
    assert result.measurements[0].value > 5e6
    assert (result.measurements[0].plan_limit, result.measurements[0].fail_limit) == (5e6, 1e6)


def test_a_server_that_asks_for_digest_is_signed_in_to(team: Path) -> None:
    with webdav(team, digest=True) as port:
        assert visit(port, write=True, **RATE).status is Status.PASS


def test_a_folder_with_odd_characters_in_its_name_opens(team: Path) -> None:
    with webdav(team) as port:
        assert visit(port, "team/plans%20%26%20ideas", write=True).status is Status.PASS


def test_a_wrong_password_is_told_and_the_person_can_mend_it(team: Path) -> None:
    with webdav(team) as port:
        result = visit(port, password="yesterday's")
    assert deciding(result) == (Status.FAIL, "files.sign_in_refused", Owner.DEVICE)
    assert "yesterday" not in str(result)


def test_without_a_password_what_was_proved_stands_and_the_rest_is_unknown(team: Path) -> None:
    with webdav(team) as port:
        result = visit(port, password=None)
    assert result.status is Status.UNKNOWN
    assert codes(result) == ["files.server_answers", "files.unproved"]
    assert "no password" in result.reason


def test_without_a_password_a_dead_server_is_still_a_failure() -> None:
    assert deciding(visit(closed_port(), password=None)) == (
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
        result = visit(port)
    assert deciding(result) == (Status.FAIL, "files.access_denied", Owner.COMPANY)
    assert result.findings[0].confidence is Confidence.HIGH
    assert "HTTP 403" in result.findings[0].detail


def test_a_folder_that_is_not_there_is_named_as_missing(team: Path) -> None:
    with webdav(team) as port:
        assert deciding(visit(port, "team/moved")) == (Status.FAIL, "files.share_missing", Owner.COMPANY)


def test_files_that_can_be_listed_and_not_read_fail_at_reading(team: Path) -> None:
    with webdav(team, wrap=_forbidding("GET")) as port:
        result = visit(port, read_file="welcome.txt")
    assert deciding(result) == (Status.FAIL, "files.read_failed", Owner.COMPANY)
    assert "worked: name, port, server, sign-in, list" in result.findings[0].detail


def test_a_missing_test_file_is_a_warning_because_other_files_may_open(team: Path) -> None:
    with webdav(team) as port:
        result = visit(port, read_file="gone.txt")
    assert deciding(result)[:2] == (Status.WARN, "files.read_failed")


def test_a_share_that_takes_no_files_fails_where_saving_is_required(team: Path) -> None:
    with webdav(team, readonly=True) as port:
        assert deciding(visit(port, write=True))[:2] == (Status.FAIL, "files.write_denied")
        relaxed = visit(port, write=True, write_required=False)
    assert (relaxed.status, codes(relaxed)) == (Status.WARN, ["files.opens", "files.write_denied"])


def test_a_test_file_that_cannot_be_removed_is_told(team: Path) -> None:
    with webdav(team, wrap=_forbidding("DELETE")) as port:
        result = visit(port, write=True)
    assert deciding(result)[:2] == (Status.WARN, "files.left_behind")
    assert [path.name for path in team.iterdir() if path.name.startswith("readycheck-")]


def test_a_file_whose_saving_was_never_confirmed_is_removed_all_the_same(team: Path, impatient: None) -> None:
    def wrap(app: Application) -> Application:
        def answer(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
            said = list(app(environ, start_response))
            if environ["REQUEST_METHOD"] == "PUT" and "HTTP_AUTHORIZATION" in environ:
                time.sleep(2.5)
            return said

        return answer

    with webdav(team, wrap=wrap) as port:
        result = visit(port, write=True)
    assert deciding(result)[:2] == (Status.FAIL, "files.write_failed")
    assert not [path.name for path in team.iterdir() if path.name.startswith("readycheck-")]


def _paced(rate_bps: float, block: int = 8192) -> Callable[[Application], Application]:
    """Bodies of GET arrive at this rate."""

    def wrap(app: Application) -> Application:
        def answer(environ: Environ, start_response: Callable[..., Any]) -> Iterator[bytes]:
            for data in app(environ, start_response):
                for at in range(0, len(data), block):
                    piece = data[at : at + block]
                    if environ["REQUEST_METHOD"] == "GET":
                        time.sleep(len(piece) * 8 / rate_bps)
                    yield piece

        return answer

    return wrap


def test_a_slow_share_fails_with_the_rate_and_the_wanted_one(team: Path) -> None:
    with webdav(team, wrap=_paced(0.8e6)) as port:
        result = visit(port, **RATE)
    assert deciding(result) == (Status.FAIL, "files.slow", Owner.COMPANY)
    assert result.measurements[0].value == pytest.approx(0.8e6, rel=0.2)
    assert "5 wanted" in result.summary
    assert result.findings[0].confidence is Confidence.LOW  # the line may be the slow part


def test_a_share_between_the_limits_is_a_warning_and_still_opens(team: Path) -> None:
    with webdav(team, wrap=_paced(2.5e6)) as port:
        result = visit(port, **RATE)
    assert (result.status, codes(result)) == (Status.WARN, ["files.opens", "files.slow"])
    assert result.measurements[0].value == pytest.approx(2.5e6, rel=0.2)


def test_one_byte_a_second_ends_in_time_and_is_an_upper_bound_of_the_rate(
    team: Path, impatient: None
) -> None:
    def wrap(app: Application) -> Application:
        def answer(environ: Environ, start_response: Callable[..., Any]) -> Iterator[bytes]:
            for data in app(environ, start_response):
                if environ["REQUEST_METHOD"] != "GET" or "HTTP_AUTHORIZATION" not in environ:
                    yield data
                    continue
                for at in range(len(data)):
                    yield data[at : at + 1]
                    time.sleep(0.2 if at else 0.0)
                    if at > 50:
                        return

        return answer

    started = time.monotonic()
    with webdav(team, wrap=wrap) as port:
        result = visit(port, **RATE)
    assert time.monotonic() - started < 8
    assert deciding(result)[:2] == (Status.FAIL, "files.slow")
    assert "at most 0.35 Mbit/s, 5 wanted" in result.summary
    assert result.measurements[0].high == result.measurements[0].value


def test_a_file_too_small_to_time_is_said_to_be_so(team: Path) -> None:
    with webdav(team) as port:
        result = visit(port, read_file="welcome.txt", rate_plan_mbps=5.0, rate_fail_mbps=1.0)
    assert (result.status, codes(result)) == (Status.PASS, ["files.opens", "files.rate_not_timed"])
    assert not result.measurements


def test_the_rate_stays_within_the_data_limit(team: Path) -> None:
    with webdav(team) as port:
        meter = Meter(limit=400_000)
        assert visit(port, meter=meter, **RATE).status is Status.PASS
        assert 150_000 < meter.used <= 400_000
        tight = visit(port, meter=Meter(limit=100_000), **RATE)
    assert codes(tight) == ["files.opens", "files.rate_not_timed"]


def test_a_quick_run_reads_less(team: Path) -> None:
    with webdav(team) as port:
        meter = Meter()
        visit(port, meter=meter, quick=True, **RATE)
    assert meter.used < 600_000


def test_a_server_that_accepts_and_says_nothing_is_proved_silent(impatient: None) -> None:
    with tcp_listener() as port:
        result = visit(port)
    assert deciding(result) == (Status.FAIL, "files.server_silent", Owner.COMPANY)


def test_a_silent_port_is_unknown_without_a_control_and_a_failure_with_one(
    team: Path, impatient: None
) -> None:
    with silent_tcp() as port, tcp_listener() as other:
        alone = visit(port)
        beside = visit(port, tcp_controls=(f"{LOOPBACK}:{other}",))
        dead = visit(port, tcp_controls=(f"{LOOPBACK}:{closed_port()}",))
    assert deciding(alone)[:2] == (Status.UNKNOWN, "files.unproved")
    assert deciding(beside) == (Status.FAIL, "files.port_silent", Owner.COMPANY)
    assert deciding(dead)[0] is Status.UNKNOWN


def test_a_web_server_that_is_no_webdav_server_is_told_apart(team: Path) -> None:
    with web_server({"*": (200, {}, b"hello")}) as port:  # answers 501 to OPTIONS and PROPFIND
        result = visit(port)
    assert deciding(result) == (Status.FAIL, "files.not_a_share", Owner.UNKNOWN)


def _always(status: str, *headers: tuple[str, str]) -> Application:
    def answer(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response(status, [("Content-Length", "0"), *headers])
        return [b""]

    return answer


def test_a_server_in_trouble_is_told_apart_from_a_missing_share(team: Path) -> None:
    with serving(_always("503 Service Unavailable"), team) as port:
        assert deciding(visit(port)) == (Status.FAIL, "files.server_trouble", Owner.COMPANY)


def test_a_sign_in_on_a_web_page_is_unknown_because_only_a_person_can_do_it(team: Path) -> None:
    with serving(_always("302 Found", ("Location", "https://login.example/saml?secret=1")), team) as port:
        result = visit(port)
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
        good = visit(port, scheme="https", ca_file=str(ca_file), write=True, **RATE)
        bad = visit(port, scheme="davs")
        other = visit(port, scheme="https", host="localhost", ca_file=str(ca_file))
    assert good.status is Status.PASS
    assert deciding(bad) == (Status.FAIL, "files.certificate", Owner.COMPANY)
    assert "issuer that this computer does not trust" in bad.summary
    assert deciding(other) == (Status.FAIL, "files.certificate", Owner.COMPANY)
    assert "belongs to another name" in other.summary
