"""A real SSH server on loopback that serves a folder over SFTP, by asyncssh, for the tests of the share check."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncssh

from tests.checks.connection_listeners import LOOPBACK
from tests.checks.file_servers import PASSWORD, USER
from tests.checks.talkers import closed, looping

HOST_KEY = asyncssh.generate_private_key("ssh-ed25519")
FINGERPRINT = HOST_KEY.get_fingerprint()


class _Door(asyncssh.SSHServer):
    """Lets USER in with PASSWORD."""

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, PASSWORD)


@contextmanager
def sftp_server(folder: Path, files: type[asyncssh.SFTPServer] | None = None, **more: Any) -> Iterator[int]:
    """``folder`` as the root. ``files``: another way to serve it; ``more``: as asyncssh.listen() takes it."""
    kind = files or asyncssh.SFTPServer

    def served(channel: Any) -> asyncssh.SFTPServer:
        return kind(channel, chroot=str(folder).encode())

    wanted = {"server_factory": _Door, "server_host_keys": [HOST_KEY], "sftp_factory": served} | more
    with looping() as run:
        listener = run(asyncssh.listen(LOOPBACK, 0, **wanted))
        try:
            yield listener.get_port()
        finally:
            run(closed(listener))
