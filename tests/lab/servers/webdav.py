"""wsgidav: the company's documents over WebDAV, in the folder `team`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.lab import topology, zone
from tests.lab.hosts import USER, Host
from tests.lab.people import USER_PASSWORD
from tests.lab.servers import certificates, documents
from tests.lab.servers.base import Server, folder_of, tcp

if TYPE_CHECKING:
    from tests.lab.lab import Lab

NAME: Final = "webdav"
HOST: Final = f"webdav.{zone.DOMAIN}"
PROGRAM: Final = (sys.executable, "-m", "wsgidav.server.server_cli")


def documents_server(
    lab: Lab,
    *,
    password: str = USER_PASSWORD,
    read_only: bool = False,
    full: bool = False,
    without: Iterable[str] = (),
    certificate: certificates.Fault | None = None,
) -> Server:
    """``password``: the one that the server knows. ``without``: files that are missing. ``full``: nothing more can be saved."""
    folder = folder_of(NAME)
    chain, key = certificates.issued(lab, HOST, fault=certificate)
    config = {
        "host": topology.INSIDE_WEBDAV_IP,
        "port": 443,
        "server": "cheroot",
        "ssl_certificate": str(chain),
        "ssl_private_key": str(key),
        "ssl_adapter": "builtin",
        "provider_mapping": {"/team": {"root": str(folder / "team"), "readonly": read_only}},
        "http_authenticator": {"accept_basic": True, "accept_digest": False, "default_to_digest": False},
        "simple_dc": {"user_mapping": {"*": {USER: {"password": password}}}},
        "lock_storage": True,
        "property_manager": None,
        "verbose": 1,
    }
    return Server(
        name=NAME,
        host="inside",
        command=(*PROGRAM, "--config", str(folder / "wsgidav.json")),
        files={"wsgidav.json": json.dumps(config)},
        prepare=partial(_prepare, without=tuple(without)),
        before=documents.full_disk("team") if full else "",
        ready=tcp(topology.INSIDE_WEBDAV_IP, 443),
    )


def _prepare(host: Host, folder: Path, *, without: tuple[str, ...]) -> None:
    documents.fill(folder / "team", without)
