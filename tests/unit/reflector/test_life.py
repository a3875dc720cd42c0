"""The reflector as a service: TLS, reload, graceful stop."""

import asyncio
import json
import os
import ssl
import sys
import threading
import time
from pathlib import Path

import pytest

from readycheck.errors import ReadycheckError
from readycheck.measure.packets.echo_session import echo_session
from readycheck.reflector.files import certificate, token
from readycheck.reflector.server import Reflector, Settings
from tests.unit.reflector.house import House, body, get, house, post, read_all, status, until
from tests.unit.reflector.secure import Identity, secure_house


def tls(reflector: House, trust: ssl.SSLContext, name: str = "reflector.example") -> ssl.SSLSocket:
    return trust.wrap_socket(reflector.connect(), server_hostname=name)


# TLS


def test_over_tls_data_goes_both_ways_on_one_kept_connection(tmp_path: Path) -> None:
    identity = Identity(tmp_path)
    with secure_house(identity) as reflector, tls(reflector, identity.trust) as sock:
        assert sock.version() in ("TLSv1.2", "TLSv1.3")
        sock.sendall(post("/up", b"x" * 3_000_000, close=False))
        assert json.loads(body(sock.recv(2_000)))["bytes"] == 3_000_000
        sock.sendall(get("/down?bytes=3000000"))
        assert len(body(read_all(sock))) == 3_000_000


def test_a_refused_upload_is_told_so_over_tls_too(tmp_path: Path) -> None:
    identity = Identity(tmp_path)
    with secure_house(identity, request_bytes=10) as reflector, tls(reflector, identity.trust) as sock:
        sock.sendall(post("/up", b"x" * 10_000))
        assert status(sock.recv(1_000)) == 413


def test_the_addresses_for_responsiveness_are_https_where_tls_is(tmp_path: Path) -> None:
    identity = Identity(tmp_path)
    with secure_house(identity) as reflector, tls(reflector, identity.trust) as sock:
        sock.sendall(get("/.well-known/nq"))
        assert json.loads(body(read_all(sock)))["urls"]["upload_url"].startswith("https://")


def test_old_tls_is_not_spoken(tmp_path: Path) -> None:
    identity = Identity(tmp_path)
    context = certificate(identity.chain, identity.key)
    assert context is not None
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2


def test_a_new_certificate_and_a_new_token_count_after_a_reload_and_transfers_go_on(tmp_path: Path) -> None:
    old = Identity(tmp_path)
    secret = tmp_path / "token"
    secret.write_text("the first token of all")
    secret.chmod(0o600)
    settings = Settings(certificate=old.chain, key=old.key, token_file=secret)
    with house(settings) as reflector, tls(reflector, old.trust) as before:
        new = Identity(tmp_path, "new.example")
        secret.write_text("the second token of all")
        reflector.loop.call_soon_threadsafe(reflector.reflector.reload)
        assert until(lambda: len(reflector.lines("reloaded")) == 1)
        with tls(reflector, new.trust, "new.example") as after:
            after.sendall(get("/down?bytes=10", "Authorization: Bearer the second token of all"))
            assert status(read_all(after)) == 200
        before.sendall(get("/down?bytes=10", "Authorization: Bearer the first token of all"))
        assert status(read_all(before)) == 401


def test_where_a_reload_fails_the_old_certificate_stays(tmp_path: Path) -> None:
    identity = Identity(tmp_path)
    with secure_house(identity) as reflector:
        identity.chain.write_text("half written")
        reflector.loop.call_soon_threadsafe(reflector.reflector.reload)
        assert until(lambda: len(reflector.lines("not reloaded")) == 1)
        with tls(reflector, identity.trust) as sock:
            sock.sendall(get("/ping"))
            assert status(read_all(sock)) == 204


def test_a_token_that_cannot_be_read_any_more_does_not_end_the_service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "token"
    secret.write_text("the first token of all")
    secret.chmod(0o600)

    def gone(path: Path, *arguments: object, **more: object) -> None:
        raise PermissionError(13, "Permission denied")

    with house(Settings(token_file=secret)) as reflector:
        with monkeypatch.context() as changed:
            changed.setattr(Path, "stat", gone)
            reflector.loop.call_soon_threadsafe(reflector.reflector.reload)
            assert until(lambda: len(reflector.lines("not reloaded")) == 1)
        assert reflector.lines("fault") == []
        with reflector.connect() as sock:
            sock.sendall(get("/down?bytes=10", "Authorization: Bearer the first token of all"))
            assert status(read_all(sock)) == 200


def test_files_that_cannot_be_used_are_named_with_what_to_do(tmp_path: Path) -> None:
    identity = Identity(tmp_path)
    noise = tmp_path / "noise.pem"
    noise.write_text("no certificate")
    for chain, key in (
        (noise, None),
        (identity.chain, noise),
        (identity.chain, None),
        (tmp_path / "none", None),
    ):
        with pytest.raises(ReadycheckError) as caught:
            certificate(chain, key)
        assert str(tmp_path) in caught.value.message
    assert certificate(None, None) is None


@pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX")
@pytest.mark.parametrize(
    ("mode", "usable"),
    [(0o600, True), (0o400, True), (0o640, True), (0o644, False), (0o666, False), (0o660, False)],
)
def test_a_token_file_that_others_can_read_is_refused(tmp_path: Path, mode: int, usable: bool) -> None:
    path = tmp_path / "token"
    path.write_text("sixteen letters!\n")
    path.chmod(mode)
    if usable:
        assert token(path) == b"sixteen letters!"
    else:
        with pytest.raises(ReadycheckError, match="chmod 600"):
            token(path)


def test_a_short_token_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("short\n")
    path.chmod(0o600)
    with pytest.raises(ReadycheckError, match="16"):
        token(path)


# Stop


def test_a_transfer_that_is_under_way_is_finished_before_the_stop_and_nobody_new_comes_in() -> None:
    with house() as reflector, reflector.connect() as sock:
        sock.sendall(post("/up", b"x" * 1_000_000, close=False)[:-600_000])
        assert until(lambda: reflector.metric('requests_total{path="/up",status="200"}') == 1)
        with reflector.connect() as idle:
            assert until(lambda: reflector.metric("connections") == 2)
            stop = asyncio.run_coroutine_threadsafe(reflector.reflector.stop(15), reflector.loop)
            assert read_all(idle) == b""
        with pytest.raises(ConnectionError):
            reflector.connect()
        sock.sendall(b"x" * 600_000)
        answer = read_all(sock)
        assert b"Connection: close" in answer
        assert json.loads(body(answer))["bytes"] == 1_000_000
        stop.result(15)
        assert [line["event"] for line in reflector.lines()][-1] == "stopped"


def test_a_transfer_that_does_not_end_is_cut_off_when_its_seconds_are_over() -> None:
    with house() as reflector, reflector.connect() as sock:
        sock.sendall(post("/up", b"x" * 1_000)[:-500])
        assert until(lambda: reflector.metric('requests_total{path="/up",status="200"}') == 1)
        started = time.monotonic()
        asyncio.run_coroutine_threadsafe(reflector.reflector.stop(0.3), reflector.loop).result(15)
        assert 0.3 <= time.monotonic() - started < 10
        assert read_all(sock) == b""


def test_a_udp_session_may_finish_before_the_stop() -> None:
    async def work(reflector: House) -> None:
        async with echo_session("127.0.0.1", reflector.udp_port, count=3, rate=10, size=100) as session:
            stop = asyncio.run_coroutine_threadsafe(reflector.reflector.stop(10), reflector.loop)
            await asyncio.sleep(0.3)
            await asyncio.get_running_loop().sock_sendall(session.sock, session.packet(0, 100, 100))
            assert (await session.report()).sequences == (True, False, False)
        await asyncio.wrap_future(stop)

    with house() as reflector:
        started = time.monotonic()
        asyncio.run(work(reflector))
        assert time.monotonic() - started < 8, "the end of the last session ends the wait"


def test_nothing_is_left_open_where_a_port_cannot_be_had() -> None:
    with house() as reflector:
        taken = Settings(listen=("127.0.0.1",), port=0, udp_port=reflector.udp_port)

        async def start() -> None:
            await Reflector(taken, "0", sys.stderr).start()

        with pytest.raises(ReadycheckError, match="something else listens there"):
            asyncio.run(start())


def test_no_thread_survives() -> None:
    before = threading.active_count()
    with house(Settings(metrics=("127.0.0.1", 0))) as reflector:
        reflector.ask(get("/down?bytes=1000"))
    assert until(lambda: threading.active_count() <= before)
