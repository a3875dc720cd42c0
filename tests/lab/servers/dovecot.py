"""dovecot: the mailboxes of the company (IMAP on 143 with STARTTLS, on 993 over TLS), and who may sign in to its mail."""

import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.lab import topology, zone
from tests.lab.hosts import Host
from tests.lab.people import USER_PASSWORD
from tests.lab.servers import certificates
from tests.lab.servers.base import Ready, Server, every, folder_of, tcp

if TYPE_CHECKING:
    from tests.lab.lab import Lab

NAME: Final = "dovecot"
MAILBOXES: Final = ("anna", "support")
KEEPER_ID: Final = 5000  # owner of all mail: a number without a name, which nobody can sign in as
MAIL: Final = folder_of(NAME) / "mail"
SIGN_IN: Final = ("127.0.0.1", 12345)  # where postfix asks whether a name and a password belong together
HOST_NAME: Final = f"mail.{zone.DOMAIN}"
IPS: Final = (topology.COMPANY_MAIL_IP, topology.ip6(topology.COMPANY_MAIL_IP))


def mailboxes(
    lab: "Lab",
    *,
    expired: bool = False,
    password: str = USER_PASSWORD,
    certificate: certificates.Fault | None = None,
    secure: bool = True,
) -> Server:
    """``expired``: the certificate is; ``password``: the one that everybody has instead. ``certificate``: with this fault.

    ``secure``: False offers no encryption at all.
    """
    chain, key = certificates.issued(lab, HOST_NAME, (HOST_NAME, *IPS), "expired" if expired else certificate)
    return Server(
        name=NAME,
        host="company",
        command=("dovecot", "-F", "-c", str(folder_of(NAME) / "dovecot.conf")),
        ready=every(*(greets(ip, 143, b"* OK") for ip in IPS), tcp(*SIGN_IN)),
        files={"dovecot.conf": _settings(chain, key, secure=secure), "users": _users(password)},
        folders=("run", "state"),
        prepare=_hand_over,
    )


def greets(ip: str, port: int, words: bytes) -> Ready:
    """Ready when the server itself says the first word: its kernel accepts connections before that."""

    def asked(host: Host) -> bool:
        with host.entered():
            one = socket.create_connection((ip, port), timeout=1.0)
        with one:
            return one.recv(512).startswith(words)

    return asked


def _users(password: str) -> str:
    return "".join(f"{name}:{{PLAIN}}{password}\n" for name in MAILBOXES)


def _hand_over(host: Host, folder: Path) -> None:
    """The users' file is read by dovecot's own user, all mail belongs to one other."""
    MAIL.mkdir(exist_ok=True)
    os.chown(MAIL, KEEPER_ID, KEEPER_ID)
    (folder / "users").chmod(0o644)


def _settings(chain: Path, key: Path, *, secure: bool) -> str:
    folder = folder_of(NAME)
    return f"""
base_dir = {folder}/run
state_dir = {folder}/state
log_path = /dev/stderr
protocols = imap
listen = {", ".join(IPS)}
ssl = {"yes" if secure else "no"}
ssl_cert = <{chain}
ssl_key = <{key}
disable_plaintext_auth = yes
auth_mechanisms = plain login
auth_username_format = %n
auth_failure_delay = 0
first_valid_uid = 500
mail_location = maildir:{MAIL}/%n
passdb {{
  driver = passwd-file
  args = {folder}/users
}}
userdb {{
  driver = static
  args = uid={KEEPER_ID} gid={KEEPER_ID} home={MAIL}/%n
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service auth {{
  inet_listener {{
    address = {SIGN_IN[0]}
    port = {SIGN_IN[1]}
  }}
}}
"""
