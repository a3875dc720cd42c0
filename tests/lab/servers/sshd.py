"""sshd: the files of the team over SFTP, on the file server, with the person's key."""

import os
import shutil
from functools import partial
from pathlib import Path
from typing import Final, Literal

from tests.lab import topology
from tests.lab.hosts import USER, USER_ID, Host
from tests.lab.servers import documents
from tests.lab.servers.base import Server, folder_of, tcp

NAME: Final = "sftp"
KEY: Final = folder_of(NAME) / "person.key"
_MORE_KINDS: Final = ("ecdsa", "rsa")
_CONFIG: Final = """
ListenAddress {ip}
HostKey {folder}/host.key
{more_keys}AuthorizedKeysFile {folder}/%u
AllowUsers {user}
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
StrictModes no
PidFile none
Subsystem sftp {subsystem}
ForceCommand {subsystem} -d {folder}/team
AllowTcpForwarding no
"""


def sftp(
    *,
    key_known: bool = True,
    new_host_key: bool = False,
    read_only: bool = False,
    full: bool = False,
    subsystem: str = "internal-sftp",
    listed: bool = True,
    confirmed: Literal["ed25519", "ecdsa", "rsa"] = "ed25519",
) -> Server:
    """SFTP and nothing else. The person's private key is KEY.

    ``key_known``: the server takes the person's key. ``new_host_key``: its own key is another one than the person has confirmed.
    ``full``: nothing more can be saved. ``subsystem``: the program that serves files.
    ``listed``: False: nobody has the right to see what is in the folder.
    ``confirmed``: the kind of host key that the person knows; another than ed25519 stands beside keys of all kinds.
    """
    folder = folder_of(NAME)
    serving = f"{subsystem} -R" if read_only else subsystem
    more = (
        "".join(f"HostKey {folder}/{kind}.key\n" for kind in _MORE_KINDS) if confirmed in _MORE_KINDS else ""
    )
    config = _CONFIG.format(
        ip=topology.INSIDE_FILES_IP, folder=folder, user=USER, subsystem=serving, more_keys=more
    )
    return Server(
        name=NAME,
        host="inside",
        command=("/usr/sbin/sshd", "-D", "-e", "-f", str(folder / "sshd_config")),
        files={"sshd_config": config},
        prepare=partial(
            _prepare, key_known=key_known, new_host_key=new_host_key, listed=listed, confirmed=confirmed
        ),
        before=documents.full_disk("team") if full else "",
        ready=tcp(topology.INSIDE_FILES_IP, 22),
    )


def _prepare(
    host: Host, folder: Path, *, key_known: bool, new_host_key: bool, listed: bool, confirmed: str
) -> None:
    """The files, the server's key and the person's, which lies with what they have confirmed in their own folder too."""
    documents.fill(folder / "team")
    if not listed:
        (folder / "team").chmod(0o311)
    Path("/run/sshd").mkdir(exist_ok=True)  # its home while it talks to strangers
    first, shown = folder / "first.key", folder / "host.key"
    more = {folder / f"{kind}.key": kind for kind in _MORE_KINDS} if confirmed in _MORE_KINDS else {}
    keys = dict.fromkeys((first, KEY, *((folder / "second.key",) if new_host_key else ())), "ed25519") | more
    for key, kind in keys.items():
        if not key.exists():
            host.run("ssh-keygen", "-q", "-t", kind, "-N", "", "-f", str(key))
    shutil.copyfile(folder / "second.key" if new_host_key else first, shown)
    shown.chmod(0o600)
    public = KEY.with_suffix(".key.pub").read_text()
    (folder / USER).write_text(public if key_known else "")
    known = next((key for key, kind in more.items() if kind == confirmed), first)
    _equip_the_person(known.with_suffix(".key.pub").read_text())


def _equip_the_person(host_key: str) -> None:
    own = Path("/home", USER, ".ssh")
    own.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.copyfile(KEY, own / "corp")
    (own / "known_hosts").write_text(f"files.corp.test {' '.join(host_key.split()[:2])}\n")
    for path in (own, own / "corp", own / "known_hosts"):
        os.chown(path, USER_ID, USER_ID)
    (own / "corp").chmod(0o600)
