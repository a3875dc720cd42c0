"""The pages are real: small servers on loopback; the verdict alone is asked with values."""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import trustme

from readycheck.api import Closed, HttpAnswer, Owner, Refused, Silent, Status, Where
from readycheck.model import CheckResult
from readycheck.testing import FakeHttp, FakeNet, FakeSecrets, FakeStream, http_answer, run_check, tls_answer
from readycheck_checks.declared.pages import next_page, page
from readycheck_checks.declared.web_verdict import Visit, judge_time, readable
from readycheck_checks.web import WebOptions, check
from tests.checks.contact_desk import Talker, certificate, listening, trusting

HOST = "app.corp.example"
URL = f"https://{HOST}/health"


def asked(
    http: FakeHttp, net: FakeNet | None = None, secrets: dict[str, str] | None = None, **told: Any
) -> CheckResult:
    options = WebOptions(**{"title": "Planner", "url": URL, **told})
    world = {"http": http, "net": net or FakeNet(), "secrets": FakeSecrets(secrets or {})}
    return asyncio.run(run_check(check, options, **world))


def pages(status: int = 200, body: bytes = b"all well", **headers: str) -> FakeHttp:
    return FakeHttp(pages={URL: http_answer(URL, status, body, **headers)})


def code(result: CheckResult) -> str:
    return result.findings[0].code


# ---- What an answer proves ----


@pytest.mark.parametrize(
    ("http", "told", "expected"),
    [
        (pages(), {}, "declared.web"),
        (pages(204), {"status": (200, 204)}, "declared.web"),
        (pages(404), {}, "declared.web_status"),
        (pages(503), {}, "declared.web_status"),
        (pages(401), {}, "declared.web_status"),
        (pages(407), {}, "declared.web_proxy"),
        (pages(511), {}, "declared.web_proxy"),
        (pages(), {"contains": "all well"}, "declared.web"),
        (pages(), {"contains": "ALL WELL"}, "declared.web_body"),
        (pages(content_encoding="br"), {"contains": "other"}, "declared.web_unread"),
        (pages(x_env="production, west"), {"header": "X-Env: production"}, "declared.web"),
        (pages(x_env="test"), {"header": "X-Env: production"}, "declared.web_header"),
        (pages(), {"header": "X-Env"}, "declared.web_header"),
    ],
)
def test_an_answer_is_compared_with_what_the_profile_expects(
    http: FakeHttp, told: dict[str, Any], expected: str
) -> None:
    assert code(asked(http, **told)) == expected


def test_a_text_that_may_stand_behind_what_was_read_is_left_open() -> None:
    http = FakeHttp(pages={URL: replace(http_answer(URL, 200, b"all"), truncated=True)})
    result = asked(http, contains="well")
    assert (result.status, code(result)) == (Status.UNKNOWN, "declared.web_unread")


def test_an_error_over_tls_is_the_owners_and_another_page_of_a_service_may_be_a_box_of_the_companys() -> None:
    assert asked(pages(503), owner="service").findings[0].owner is Owner.SERVICE
    assert asked(pages(403), owner="service").findings[0].either == (Owner.SERVICE, Owner.COMPANY)
    assert asked(pages(403)).findings[0].owner is Owner.COMPANY


def test_behind_a_proxy_that_may_be_in_trouble_itself_nothing_is_proved() -> None:
    http = FakeHttp(pages={URL: http_answer(URL, 504)}, proxies={URL: "http://proxy.example:3128"})
    result = asked(http, owner="service")
    assert (result.status, code(result)) == (Status.UNKNOWN, "declared.web_proxy")
    http = FakeHttp(pages={URL: http_answer(URL, 500)}, proxies={URL: "http://proxy.example:3128"})
    assert asked(http, owner="service").findings[0].owner is Owner.SERVICE


def test_without_tls_anybody_on_the_way_may_answer() -> None:
    plain = "http://app.corp.example/"
    http = FakeHttp(pages={plain: http_answer(plain, 503)})
    assert asked(http, url=plain).findings[0].either == (Owner.COMPANY, Owner.HOME)
    assert asked(http, url=plain, owner="home").findings[0].owner is Owner.HOME


def test_the_words_and_the_remedy_are_the_profiles_and_a_warning_where_it_says_so() -> None:
    told: dict[str, Any] = {
        "when_failed": "The planner cannot be opened.",
        "remedy": "Call extension 12.",
        "level": "warn",
    }
    finding = asked(pages(503), **told).findings[0]
    assert finding.status is Status.WARN and finding.remedy == "Call extension 12."
    assert finding.summary.startswith(
        "The planner cannot be opened: https://app.corp.example/health answers with HTTP 503"
    )


def test_what_is_seen_to_be_somebody_elses_keeps_its_own_remedy() -> None:
    plain = "http://192.168.1.1/"
    http = FakeHttp(pages={plain: http_answer(plain, 500)})
    finding = asked(http, url=plain, owner="service", remedy="Call extension 12.").findings[0]
    assert finding.either == (Owner.SERVICE, Owner.HOME) and finding.remedy == "Call extension 12."


@pytest.mark.parametrize(
    ("trouble", "expected"),
    [
        (Refused(Where(host=HOST, port=443)), "declared.web_refused"),
        (Closed(Where(host=HOST, port=443)), "declared.web_closed"),
        (Silent(Where(host=HOST, port=443)), "declared.web_silent"),
    ],
)
def test_a_page_that_is_not_reached_is_told_apart(trouble: Exception, expected: str) -> None:
    net = FakeNet(ports={("control.example", 443): 9.0}, certificates={"control.example": tls_answer()})
    http = FakeHttp(pages={URL: trouble})  # type: ignore[dict-item]
    assert code(asked(http, net, tcp_controls=("control.example:443",))) == expected


def test_a_page_that_takes_connections_and_says_nothing_hangs() -> None:
    net = FakeNet(
        ports={(HOST, 443): 9.0, ("control.example", 443): 9.0},
        certificates={"control.example": tls_answer()},
    )
    assert code(asked(FakeHttp(), net, tcp_controls=("control.example:443",))) == "declared.web_hangs"


def test_what_speaks_before_it_is_asked_is_no_web_server_that_hangs() -> None:
    net = FakeNet(
        ports={(HOST, 443): 9.0, ("control.example", 443): 9.0},
        streams={(HOST, 443): FakeStream(lines=[b"\x8f\x02\x11\xfe"])},
        certificates={"control.example": tls_answer()},
    )
    assert code(asked(FakeHttp(), net, tcp_controls=("control.example:443",))) == "declared.web_garbled"


def test_silence_without_a_control_blames_nobody() -> None:
    result = asked(FakeHttp())
    assert (result.status, code(result)) == (Status.UNKNOWN, "declared.web_unproved")


def test_behind_a_proxy_nothing_is_proved_by_silence() -> None:
    result = asked(FakeHttp(proxies={URL: "http://proxy.corp.example:3128"}))
    assert (result.status, code(result)) == (Status.UNKNOWN, "declared.web_proxy")


# ---- Redirects ----


@pytest.mark.parametrize(
    ("location", "hosts", "expected"),
    [
        ("/next", (), f"https://{HOST}/next"),
        (f"https://{HOST}:8443/", (), f"https://{HOST}:8443/"),
        ("https://sso.example/", ("sso.example",), "https://sso.example/"),
        ("https://evil.example/", (), "it leads to another host, evil.example"),
        (f"http://{HOST}/", (), f"it leads away from the safe connection, to http://{HOST}/"),
        ("javascript:alert(1)", (), "it leads to something that is no web address"),
        ("https://u:p@evil.example/", (), "it leads to something that is no web address"),
        ("//evil.example", (), "it leads to another host, evil.example"),
        ("http://[x", (), "it leads to something that is no web address"),
    ],
)
def test_a_redirect_leads_no_further_than_the_profile_allows(
    location: str, hosts: tuple[str, ...], expected: str
) -> None:
    onward = next_page(page(URL), location, hosts)
    assert (onward if isinstance(onward, str) else onward.url) == expected


def test_redirects_are_followed_and_counted_and_come_to_an_end() -> None:
    there = f"https://{HOST}/login"
    http = FakeHttp(pages={URL: http_answer(URL, 302, location="/login"), there: http_answer(there)})
    assert "after 1 redirects" in asked(http).summary
    round_and_round = FakeHttp(pages={URL: http_answer(URL, 302, location=URL)})
    assert code(asked(round_and_round)) == "declared.web_redirect"
    assert code(asked(http, redirects=0)) == "declared.web_redirect"
    assert code(asked(http, status=(302,), redirects=0)) == "declared.web"


# ---- Signing in ----


class Noting(FakeHttp):
    """Keeps the headers that it was asked with."""

    seen: list[tuple[str, dict[str, str]]]

    async def request(self, method: str, url: str, **more: Any) -> HttpAnswer:
        self.seen.append((url, dict(more.get("headers") or {})))
        return await super().request(method, url, **more)


def noting(**answers: HttpAnswer) -> Noting:
    http = Noting(pages={answer.url: answer for answer in answers.values()})
    http.seen = []
    return http


def test_a_secret_goes_to_the_first_host_only_and_into_nothing_that_is_kept() -> None:
    other = "https://sso.example/"
    http = noting(a=http_answer(URL, 302, location=other), b=http_answer(other))
    told: dict[str, Any] = {"sign_in_secret": "planner", "redirect_hosts": ("sso.example",)}
    result = asked(http, secrets={"planner": "Bearer s3cret"}, **told)
    assert [headers.get("Authorization") for _, headers in http.seen] == ["Bearer s3cret", None]
    assert "s3cret" not in str(result)


@pytest.mark.parametrize("secret", ["two\r\nlines", "a\0b", "snow ☃", " "])
def test_a_secret_that_no_header_can_hold_is_not_tried(secret: str) -> None:
    http = noting(a=http_answer(URL))
    result = asked(http, secrets={"planner": secret}, sign_in_secret="planner")
    assert code(result) == "declared.web_secret" and not http.seen


def test_a_secret_that_is_not_taken_is_told_apart() -> None:
    assert code(asked(pages(401), secrets={"k": "v"}, sign_in_secret="k")) == "declared.web_sign_in"
    assert code(asked(pages(401), sign_in_secret="k")) == "declared.web_secret"


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"url": "ftp://x/"}, "no web address"),
        ({"url": "https://me:pw@x.example/"}, "no web address"),
        ({"url": "http://x.example/", "sign_in_secret": "k"}, "travel unprotected"),
        ({"url": "http://x.example/", "days_left": 5}, "begins with https"),
        ({"method": "HEAD", "contains": "x"}, "needs the method GET"),
        ({"name_servers": ("dns.example:53",)}, "write an address"),
    ],
)
def test_a_mistake_is_one_sentence(told: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        WebOptions(**{"title": "Planner", "url": URL, **told})


# ---- Time and certificate ----


@pytest.mark.parametrize(
    ("fastest_s", "rtt_ms", "expected"),
    [(0.9, 10.0, None), (3.0, 10.0, Owner.COMPANY), (3.0, 600.0, Owner.UNKNOWN), (3.0, 0.0, Owner.UNKNOWN)],
)
def test_a_slow_page_is_its_owners_only_where_the_line_is_quick(
    fastest_s: float, rtt_ms: float, expected: Owner | None
) -> None:
    seen = Visit(step="done", where=page(URL), answer=http_answer(URL), seconds=3.0)
    finding = judge_time(WebOptions(title="Planner", url=URL), 1.0, seen, fastest_s, rtt_ms)
    assert (finding and finding.owner) == expected


def test_a_certificate_that_ends_soon_is_said_before_it_does() -> None:
    net = FakeNet(certificates={HOST: tls_answer(HOST, days=5)})
    result = asked(pages(), net, days_left=14)
    assert code(result) == "declared.web_expires" and "in 4 days" in result.summary
    assert asked(pages(), net, days_left=4).status is Status.PASS


@pytest.mark.parametrize(
    ("proxies", "shown"),
    [
        ({URL: "http://proxy.example:3128"}, tls_answer(HOST, days=90)),
        ({}, Silent(Where(host=HOST))),
        ({}, replace(tls_answer(HOST), not_after=None)),
    ],
)
def test_days_that_are_wanted_and_were_not_seen_do_not_pass(proxies: dict[str, str], shown: Any) -> None:
    http = FakeHttp(pages={URL: http_answer(URL, 200, b"all well")}, proxies=proxies)
    result = asked(http, FakeNet(certificates={HOST: shown}), days_left=14)
    assert (result.status, code(result)) == (Status.UNKNOWN, "declared.web_days")
    assert len(result.findings) == 1


def test_text_is_read_in_the_letters_that_it_states() -> None:
    assert (
        readable(http_answer(URL, body="grün".encode("latin-1"), content_type="text/html; charset=latin-1"))
        == "grün"
    )
    assert readable(http_answer(URL, body=b"x", content_type="text/html; charset=nonsense")) == "x"
    assert readable(http_answer(URL, body=b"x", content_type="text/html; charset=base64")) == "x"


# ---- Against a server ----


def answering(respond: Callable[[bytes], bytes]) -> Talker:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(respond(await reader.readuntil(b"\r\n\r\n")))
        await writer.drain()

    return talk


def with_server(talk: Talker, folder: Path, **told: Any) -> CheckResult:
    authority = trustme.CA()
    tls: ssl.SSLContext = certificate(authority)

    async def visit() -> CheckResult:
        async with listening(talk, tls) as port:
            options = WebOptions(**{"title": "Planner", "url": f"https://localhost:{port}/", **told})
            world = {**trusting(authority, folder), "secrets": FakeSecrets({"k": "Bearer x"})}
            return await run_check(check, options, **world)

    return asyncio.run(visit())


def test_a_page_is_opened_over_tls_with_its_header_and_looked_through(tmp_path: Path) -> None:
    def respond(request: bytes) -> bytes:
        good = b"authorization: Bearer x" in request.replace(b"Authorization", b"authorization")
        status = b"200 OK" if good else b"401 No"
        return b"HTTP/1.1 " + status + b"\r\nContent-Length: 8\r\nX-Env: production\r\n\r\nall well"

    told = {"contains": "all well", "header": "x-env: production", "sign_in_secret": "k", "days_left": 1}
    assert with_server(answering(respond), tmp_path, **told).status is Status.PASS


def test_a_page_without_end_is_read_no_further_than_asked(tmp_path: Path) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x" * 65_536)
            await writer.drain()

    result = with_server(talk, tmp_path, contains="never", max_bytes=100_000)
    assert code(result) == "declared.web_unread"
