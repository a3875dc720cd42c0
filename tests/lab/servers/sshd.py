"""sshd: the files of the team over SFTP, on the file server, with the person's key."""

from pathlib import Path
from typing import Final

from tests.lab import topology
from tests.lab.hosts import USER, Host
from tests.lab.servers import documents
from tests.lab.servers.base import Server, folder_of, tcp

NAME: Final = "sftp"
KEY: Final = folder_of(NAME) / "person.key"
_CONFIG: Final = """
ListenAddress {ip}
HostKey {folder}/host.key
AuthorizedKeysFile {folder}/%u
AllowUsers {user}
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
StrictModes no
PidFile none
Subsystem sftp internal-sftp
ForceCommand internal-sftp -d {folder}/team
AllowTcpForwarding no
"""


def sftp() -> Server:
    """SFTP and nothing else. The person's private key is KEY."""
    folder = folder_of(NAME)
    return Server(
        name=NAME,
        host="inside",
        command=("/usr/sbin/sshd", "-D", "-e", "-f", str(folder / "sshd_config")),
        files={"sshd_config": _CONFIG.format(ip=topology.INSIDE_FILES_IP, folder=folder, user=USER)},
        prepare=_prepare,
        ready=tcp(topology.INSIDE_FILES_IP, 22),
    )


def _prepare(host: Host, folder: Path) -> None:
    """The files, the server's key and the person's."""
    documents.fill(folder / "team")
    Path("/run/sshd").mkdir(exist_ok=True)  # its home while it talks to strangers
    for key in (folder / "host.key", KEY):
        if not key.exists():
            host.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key))
    (folder / USER).write_text(KEY.with_suffix(".key.pub").read_text())
