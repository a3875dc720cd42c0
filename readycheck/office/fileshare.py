"""A WebDAV share over HTTPS by wsgidav and cheroot, in a temporary folder, paced like a link. Keeps nothing after its end."""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from cheroot.ssl.builtin import BuiltinSSLAdapter
from cheroot.wsgi import Server
from wsgidav.dav_error import HTTP_FORBIDDEN, DAVError
from wsgidav.fs_dav_provider import FilesystemProvider
from wsgidav.wsgidav_app import WsgiDAVApp

from readycheck.office.pace import Pace
from readycheck.office.values import LOOPBACK

WELCOME: Final = "welcome.txt"
SAMPLE: Final = "sample.bin"
SAMPLE_BYTES: Final = 2_000_000

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


@dataclass(frozen=True, kw_only=True)
class Share:
    """``state`` denied: sign-in works and everything is forbidden; ``password`` is what the server accepts."""

    folder: Path
    user: str
    password: str
    chain: Path
    key: Path
    pace: Pace
    state: Literal["open", "denied"] = "open"


def open_share(share: Share) -> tuple[int, Callable[[], None]]:
    """Starts serving in threads; returns the port and what stops it."""
    fill(share.folder)
    server = Server((LOOPBACK, 0), _paced(_application(share), share.pace), numthreads=4, timeout=5)
    server.shutdown_timeout = 1
    server.expiration_interval = 0.2  # how late it notices stop()
    server.error_log = _unheard  # type: ignore[method-assign]  # cheroot's documented way to quiet it
    server.ssl_adapter = BuiltinSSLAdapter(str(share.chain), str(share.key))
    server.prepare()
    thread = threading.Thread(target=server.serve, name="share", daemon=True)
    thread.start()
    return int(server.bind_addr[1]), server.stop


def fill(folder: Path) -> None:
    """A file to read and one that is large enough to measure a rate with."""
    folder.mkdir(mode=0o700)
    (folder / WELCOME).write_text("Welcome to the team drive of the demo office.\n", encoding="utf-8")
    (folder / SAMPLE).write_bytes(os.urandom(SAMPLE_BYTES))


class _Forbidden(FilesystemProvider):  # type: ignore[misc]
    """A folder that this person may not see."""

    def get_resource_inst(self, path: str, environ: Environ) -> None:
        raise DAVError(HTTP_FORBIDDEN)


def _application(share: Share) -> Application:
    logging.getLogger("wsgidav").addHandler(logging.NullHandler())
    provider = _Forbidden if share.state == "denied" else FilesystemProvider
    app: Application = WsgiDAVApp(
        {
            "provider_mapping": {"/team": provider(str(share.folder))},
            "simple_dc": {"user_mapping": {"*": {share.user: {"password": share.password}}}},
            "http_authenticator": {"default_to_digest": False},
            "dir_browser": {"enable": False},
            "logging": {"enable": False},
            "verbose": 0,
        }
    )
    return app


def _paced(app: Application, pace: Pace) -> Application:
    """What the server sends passes at the pace of the link."""

    def send(environ: Environ, start_response: Callable[..., Any]) -> Iterator[bytes]:
        for block in app(environ, start_response):
            time.sleep(pace.take(len(block)))
            yield block

    return send


def _unheard(msg: str = "", level: int = 20, traceback: bool = False) -> None:
    """Clients that hang up are no news here."""
