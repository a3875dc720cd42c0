"""A profile from a real server: what it may not name is refused before anybody is asked, and with no secret read."""

import ssl
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme

from readycheck.adapters.secrets import RealSecrets
from readycheck.errors import ProfileError
from readycheck.run.plan import Selection
from readycheck.wiring import Ask, assign

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="elsewhere the system alone says whom to trust"
)
HEAD = b'schema = 1\nextends = "office"\nname = "acme"\n'
SHARE = b'[checks.share.x]\nurl = "https://files.example/x"\nuser = "anna"\n'


@pytest.fixture(autouse=True)
def secrets_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Names of the secrets that anybody asked the system for."""
    read: list[str] = []

    def get(self: RealSecrets, name: str) -> str:
        read.append(name)
        return "s3cret"

    monkeypatch.setattr(RealSecrets, "get", get)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return read


@pytest.fixture
def authority(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> trustme.CA:
    ca = trustme.CA()
    file = tmp_path / "ca.pem"
    ca.cert_pem.write_to_path(str(file))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    return ca


@contextmanager
def serving(authority: trustme.CA, profile: bytes) -> Iterator[str]:
    """The profile's address on loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(profile)))
            self.end_headers()
            self.wfile.write(profile)

        def log_message(self, *words: object) -> None:
            return None

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"https://localhost:{server.server_address[1]}/acme.toml"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(2)


@pytest.mark.parametrize(
    ("table", "place"),
    [
        (
            SHARE + b'password_secret = "acme-sign-in"\n',
            "line 7: checks.share.x.password_secret uses a secret",
        ),
        (
            b'[checks.share.x]\nurl = "smb://files.example/x"\nsign_in = "system"\n',
            "line 6: checks.share.x.sign_in",
        ),
        (
            b'[checks.call_path]\nrelays = []\nturn = [{ host = "a.example", user = "a", password_secret = "b" }]\n',
            "line 6: checks.call_path.turn",
        ),
    ],
)
def test_a_profile_that_names_a_secret_for_a_host_is_refused_and_the_place_is_told(
    authority: trustme.CA, secrets_read: list[str], table: bytes, place: str
) -> None:
    with serving(authority, HEAD + table) as url, pytest.raises(ProfileError) as refused:
        assign(Ask(source=url, selection=Selection(full=True)))
    assert refused.value.message.startswith(f"{url}, {place}")
    assert secrets_read == []


def test_the_same_profile_without_a_secret_is_used(authority: trustme.CA) -> None:
    with serving(authority, HEAD + SHARE + b'sign_in = "none"\n') as url:
        plan = assign(Ask(source=url, selection=Selection(full=True))).plan
    assert "files.example" in plan.hosts


def test_a_server_whose_certificate_nobody_vouches_for_gives_no_profile(authority: trustme.CA) -> None:
    with serving(trustme.CA(), HEAD) as url, pytest.raises(ProfileError) as refused:
        assign(Ask(source=url, selection=Selection(full=True)))
    assert "could not be fetched" in refused.value.message
