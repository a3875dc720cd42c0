"""Real file servers on loopback for the share check: WebDAV (wsgidav on cheroot), SMB (Samba's smbd), and a relay that makes
either of them slow or silent in the middle of a conversation."""

import getpass
import logging
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import trustme
from cheroot.ssl.builtin import BuiltinSSLAdapter
from cheroot.wsgi import Server
from wsgidav.fs_dav_provider import FilesystemProvider
from wsgidav.wsgidav_app import WsgiDAVApp

from tests.checks.connection_listeners import LOOPBACK

USER, PASSWORD = "anna", "s3cret pass"
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Wrapper = Callable[[Application], Application]

logging.getLogger("wsgidav").addHandler(logging.NullHandler())


@contextmanager
def webdav(
    folder: Path,
    *,
    wrap: Wrapper = lambda app: app,
    readonly: bool = False,
    digest: bool = False,
    certificate: trustme.LeafCert | None = None,
) -> Iterator[int]:
    """``folder`` as the collection /team, for USER with PASSWORD; ``wrap`` may spoil what the server says."""
    app = WsgiDAVApp(
        {
            "provider_mapping": {"/team": FilesystemProvider(str(folder), readonly=readonly)},
            "simple_dc": {"user_mapping": {"*": {USER: {"password": PASSWORD}}}},
            "http_authenticator": {
                "accept_basic": not digest,
                "accept_digest": digest,
                "default_to_digest": digest,
            },
            "dir_browser": {"enable": False},
            "logging": {"enable": False},
            "verbose": 0,
        }
    )
    with serving(wrap(app), folder, certificate) as port:
        yield port


@contextmanager
def serving(app: Application, folder: Path, certificate: trustme.LeafCert | None = None) -> Iterator[int]:
    """Any WSGI application on cheroot; ``folder`` holds its certificate's files for the time."""
    server = Server((LOOPBACK, 0), app, numthreads=4, timeout=5)
    server.shutdown_timeout = 0
    server.error_log = lambda *words, **more: None  # type: ignore[method-assign]
    if certificate is not None:
        chain, key = folder.parent / "chain.pem", folder.parent / "key.pem"
        certificate.cert_chain_pems[0].write_to_path(str(chain))
        certificate.private_key_pem.write_to_path(str(key))
        server.ssl_adapter = BuiltinSSLAdapter(str(chain), str(key))
    server.prepare()
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield server.bind_addr[1]
    finally:
        server.stop()
        thread.join(5)


@contextmanager
def relay(
    port: int, *, rate_bps: float = 0.0, silent_when: Callable[[int], bool] = lambda passed: False
) -> Iterator[int]:
    """Passes connections on to ``port``. What comes back is held to ``rate_bps``, and lost once ``silent_when`` (bytes so far)
    says so."""
    stop = threading.Event()

    def pump(source: socket.socket, sink: socket.socket, back: bool) -> None:
        passed = 0
        with suppress(OSError):
            while not stop.is_set() and (data := source.recv(4096)):
                if back and rate_bps:
                    time.sleep(len(data) * 8 / rate_bps)
                passed += len(data)
                if not (back and silent_when(passed)):
                    sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)

    def serve() -> None:
        while not stop.is_set():
            with suppress(TimeoutError):
                client, _ = listener.accept()
                client.settimeout(30)
                server = socket.create_connection((LOOPBACK, port), timeout=30)
                kept.extend((client, server))
                for ends in ((client, server, False), (server, client, True)):
                    threading.Thread(target=pump, args=ends, daemon=True).start()

    kept: list[socket.socket] = []
    with socket.create_server((LOOPBACK, 0)) as listener:
        listener.settimeout(0.05)
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            stop.set()
            thread.join(2)
            for end in kept:
                end.close()


SMBD_CONFIGURATION = """
[global]
server role = standalone server
interfaces = 127.0.0.1
bind interfaces only = yes
smb ports = {port}
disable netbios = yes
disable spoolss = yes
load printers = no
map to guest = never
{more}
private dir = {folder}/private
lock directory = {folder}/lock
state directory = {folder}/state
cache directory = {folder}/cache
pid directory = {folder}/pid
ncalrpc dir = {folder}/ncalrpc
passdb backend = tdbsam:{folder}/private/passdb.tdb
logging = file
log file = {folder}/smbd.log
[team drive]
path = {folder}/team
read only = no
[readonly]
path = {folder}/team
[closed]
path = {folder}/team
valid users = nobody
"""


@contextmanager
def smbd(folder: Path, more: str = "server min protocol = SMB2_02") -> Iterator[int]:
    """Samba with private folders: shares "team drive", "readonly" and "closed" over ``folder``/team, for the user who runs it."""
    for name in ("private", "lock", "state", "cache", "pid", "ncalrpc", "team"):
        (folder / name).mkdir(exist_ok=True)
    with socket.create_server((LOOPBACK, 0)) as probe:
        port = int(probe.getsockname()[1])
    configuration = folder / "smb.conf"
    configuration.write_text(SMBD_CONFIGURATION.format(port=port, folder=folder, more=more))
    typed = f"{PASSWORD}\n{PASSWORD}\n".encode()
    add = ["smbpasswd", "-c", str(configuration), "-s", "-a", getpass.getuser()]
    subprocess.run(add, input=typed, capture_output=True, check=True, timeout=20)
    command = [shutil.which("smbd") or "/usr/sbin/smbd", "--foreground", "--no-process-group"]
    server = subprocess.Popen(
        [*command, f"--configfile={configuration}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # on its way out smbd ends its whole process group
    )
    try:
        _wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait(10)


def _wait_for(port: int) -> None:
    for _ in range(200):
        with suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=1):
            return
        time.sleep(0.05)
    raise AssertionError("smbd did not start")
