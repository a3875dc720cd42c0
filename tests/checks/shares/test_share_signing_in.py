"""Signing in to shares in other ways than a password that was asked for: it leaves for nobody, and is not called wrong."""

import asyncio
import getpass
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from readycheck.errors import NameUnknown, Where
from readycheck.model import Owner, Status
from readycheck.testing import FakeNet, FakeSystem, run_check
from readycheck_checks.share import check
from readycheck_checks.shares.options import ShareOptions
from tests import needs
from tests.checks.file_servers import Application, serving, smbd, webdav
from tests.checks.opinions import NAME_SERVERS, OTHERS, OURS, said_by
from tests.checks.share_visits import codes, deciding, fill, visit_smb, visit_webdav

Environ = dict[str, Any]


@pytest.fixture
def team(tmp_path: Path) -> Path:
    return fill(tmp_path / "team")


def _asking(seen: list[str], *ways: str) -> Application:
    """Turns everybody away, naming these ways to sign in."""

    def answer(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        seen.append(environ.get("HTTP_AUTHORIZATION", ""))
        start_response(
            "401 Unauthorized", [("Content-Length", "0"), *(("WWW-Authenticate", way) for way in ways)]
        )
        return [b""]

    return answer


@pytest.mark.parametrize("ways", [("Negotiate", "NTLM"), ('Bearer realm="team"',), ("Negotiate, NTLM",), ()])
def test_a_server_that_wants_another_way_to_sign_in_hears_no_password_and_says_nothing_against_it(
    team: Path, ways: tuple[str, ...]
) -> None:
    seen: list[str] = []
    with serving(_asking(seen, *ways), team) as port:
        result = visit_webdav(port)
    assert (result.status, codes(result)) == (Status.UNKNOWN, ["files.server_answers", "files.other_sign_in"])
    assert not any(seen)


@pytest.mark.parametrize("ways", [("Negotiate", 'Basic realm="team"'), ('Negotiate, Basic realm="team"',)])
def test_a_password_that_was_asked_for_beside_another_way_and_is_not_taken_is_wrong(
    team: Path, ways: tuple[str, ...]
) -> None:
    seen: list[str] = []
    with serving(_asking(seen, *ways), team) as port:
        result = visit_webdav(port)
    assert deciding(result) == (Status.FAIL, "files.sign_in_refused", Owner.DEVICE)
    assert any(told.startswith("Basic ") for told in seen)


def _beside(way: str) -> Callable[[Application], Application]:
    """Another way to sign in is named first, in the same header."""

    def wrap(app: Application) -> Application:
        def answer(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
            def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
                told = [(k, f"{way}, {v}" if k.lower() == "www-authenticate" else v) for k, v in headers]
                return start_response(status, told, *more)

            return app(environ, start)

        return answer

    return wrap


@pytest.mark.parametrize("digest", [True, False])
def test_a_server_that_names_another_way_first_is_signed_in_to(team: Path, digest: bool) -> None:
    with webdav(team, wrap=_beside("Negotiate"), digest=digest) as port:
        assert visit_webdav(port, write=True, read_file="welcome.txt").status is Status.PASS


def _open_to_all(*methods: str) -> Callable[[Application], Application]:
    """These methods are answered as if the person had signed in."""

    def wrap(app: Application) -> Application:
        def answer(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
            if environ["REQUEST_METHOD"] in methods and "HTTP_AUTHORIZATION" not in environ:
                environ["HTTP_AUTHORIZATION"] = "Basic YW5uYTpzM2NyZXQgcGFzcw=="
            return app(environ, start_response)

        return answer

    return wrap


def test_a_folder_that_opens_to_anybody_proves_no_sign_in(team: Path) -> None:
    with webdav(team, wrap=_open_to_all("PROPFIND", "OPTIONS")) as port:
        anybody = visit_webdav(port, password="yesterday's")
        reading = visit_webdav(port, password="yesterday's", read_file="welcome.txt")
        nobody = visit_webdav(port, sign_in="none", read_file="welcome.txt")
    assert anybody.status is Status.PASS
    assert "opens without a sign-in" in anybody.summary
    assert "sign-in" not in anybody.findings[0].detail
    assert deciding(reading) == (Status.FAIL, "files.sign_in_refused", Owner.DEVICE)
    assert deciding(nobody)[:2] == (Status.UNKNOWN, "files.unproved")


def test_a_page_in_the_place_of_a_listing_is_no_share(team: Path) -> None:
    def page(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Length", "5")])
        return [b"hello"]

    with serving(page, team) as port:
        assert deciding(visit_webdav(port)) == (Status.FAIL, "files.not_a_share", Owner.COMPANY)


@needs.smbd
@pytest.mark.parametrize("kind", ["bad user", "bad password"])
def test_a_server_that_lets_strangers_in_as_guests_has_not_signed_the_person_in(
    tmp_path: Path, kind: str
) -> None:
    fill(tmp_path / "team")
    guests = f"map to guest = {kind}\nguest account = {getpass.getuser()}\n[open]\npath = {tmp_path}/team\nguest ok = yes"
    user = "nobody-of-us" if kind == "bad user" else getpass.getuser()
    with smbd(tmp_path, guests) as port:
        result = visit_smb(port, "open", user=user, password="yesterday's")
    assert deciding(result)[:2] == (Status.FAIL, "files.sign_in_refused"), result
    assert result.findings[0].either == (Owner.DEVICE, Owner.COMPANY)
    assert "guest" in result.summary


def _asked_of_a_lost_name(**more: Any) -> tuple[Any, set[str], tuple[str, ...]]:
    """What is said of a name that this computer's name server denies and others know; who was asked for it; who is stated."""
    options = ShareOptions(url="https://cloud.example/team", user="anna", name_servers=NAME_SERVERS, **more)
    lost = NameUnknown(Where(host="cloud.example"))
    net = FakeNet(ports={("cloud.example", 443): lost}, replies=said_by((True, True)))
    result = asyncio.run(run_check(check, options, net=net, system=FakeSystem(resolvers=(OURS,))))
    assert check.hosts_of is not None
    return result, {host for host, _, _ in net.sent}, check.hosts_of(options)


def test_the_name_of_a_server_of_the_inside_is_told_to_nobody_outside() -> None:
    result, asked, stated = _asked_of_a_lost_name()
    assert codes(result) == ["files.name_unknown"]
    assert result.findings[0].either == (Owner.DEVICE, Owner.COMPANY)
    assert not asked & set(OTHERS) and not set(stated) & set(OTHERS)


def test_a_public_name_is_held_against_what_other_name_servers_know() -> None:
    result, asked, stated = _asked_of_a_lost_name(inside=False)
    assert "while others do" in result.summary
    assert asked >= set(OTHERS) and set(stated) >= set(OTHERS)
