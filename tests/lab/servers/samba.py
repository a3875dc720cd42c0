"""samba: the company's file server, with the share `team` for everybody and `board`, which is not for the person of the lab."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Final, Literal

from tests.lab import topology
from tests.lab.hosts import USER, Host
from tests.lab.people import USER_PASSWORD
from tests.lab.servers import documents
from tests.lab.servers.base import Server, folder_of, tcp

NAME: Final = "files"
SECOND: Final = "projects"  # a second file server, which the first one can lead to
Account = Literal["good", "expired", "locked", "disabled", "unknown"]
Encryption = Literal["default", "off", "desired", "required"]

_GLOBAL: Final = """
[global]
server role = standalone server
interfaces = {ip}/24
bind interfaces only = yes
smb ports = 445
disable netbios = yes
disable spoolss = yes
load printers = no
map to guest = never
server min protocol = {least}
server max protocol = {most}
smb encrypt = {encrypt}
server signing = {signing}
passdb backend = tdbsam:{folder}/private/users.tdb
private dir = {folder}/private
lock directory = {folder}/lock
state directory = {folder}/state
cache directory = {folder}/cache
pid directory = {folder}/run
ncalrpc dir = {folder}/ncalrpc
log level = 0

"""
_SHARE: Final = "[{name}]\npath = {path}\nvalid users = {users}\nread only = {read_only}\n\n"


def files(
    *,
    password: str = USER_PASSWORD,
    account: Account = "good",
    read_only: bool = False,
    full: bool = False,
    shares: Iterable[str] = ("team",),
    without: Iterable[str] = (),
    closed: Iterable[str] = (),
    protocols: tuple[str, str] = ("SMB2_02", "SMB3_11"),
    encrypt: Encryption = "default",
    signing: Literal["default", "mandatory"] = "default",
    leads_on: bool = False,
) -> Server:
    """``password``: the one that the server knows. ``shares``: those that are open to the person, beside `board`, which is not.
    ``without``: files that are missing; ``closed``: files that nobody may read. ``full``: nothing more can be saved.
    ``protocols``: the oldest and the newest it speaks. ``leads_on``: its share `all` leads on to the second server (DFS).
    """
    folder = folder_of(NAME)
    text = _GLOBAL.format(
        ip=topology.INSIDE_FILES_IP,
        least=protocols[0],
        most=protocols[1],
        encrypt=encrypt,
        signing=signing,
        folder=folder,
    )
    if leads_on:
        text += f"[all]\npath = {folder}/all\nmsdfs root = yes\nvalid users = {USER}\n\n"
    for share in shares:
        text += _SHARE.format(
            name=share, path=folder / "team", users=USER, read_only="yes" if read_only else "no"
        )
    text += _SHARE.format(name="board", path=folder / "board", users="root", read_only="no")
    return Server(
        name=NAME,
        host="inside",
        command=("smbd", "--foreground", "--no-process-group", f"--configfile={folder}/smb.conf"),
        files={"smb.conf": text},
        folders=("private", "lock", "state", "cache", "run", "ncalrpc", "board", "all"),
        prepare=partial(
            _prepare, password=password, account=account, without=tuple(without), closed=tuple(closed)
        ),
        before=documents.full_disk("team") if full else "",
        ready=tcp(topology.INSIDE_FILES_IP, 445),
    )


def projects(*, shares: Iterable[str] = ("projects",)) -> Server:
    """The second file server, at the address of the document server."""
    folder = folder_of(SECOND)
    text = _GLOBAL.format(
        ip=topology.INSIDE_WEBDAV_IP,
        least="SMB2_02",
        most="SMB3_11",
        encrypt="default",
        signing="default",
        folder=folder,
    )
    for share in shares:
        text += _SHARE.format(name=share, path=folder / "team", users=USER, read_only="yes")
    return Server(
        name=SECOND,
        host="inside",
        command=("smbd", "--foreground", "--no-process-group", f"--configfile={folder}/smb.conf"),
        files={"smb.conf": text},
        folders=("private", "lock", "state", "cache", "run", "ncalrpc"),
        prepare=partial(_prepare, password=USER_PASSWORD, account="good", without=()),
        ready=tcp(topology.INSIDE_WEBDAV_IP, 445),
    )


def at_home(ip: str) -> Server:
    """A file server of the family, at this address of the home network: it knows nobody of the company."""
    name = "home-files"
    folder = folder_of(name)
    text = _GLOBAL.format(
        ip=ip, least="SMB2_02", most="SMB3_11", encrypt="default", signing="default", folder=folder
    )
    text += _SHARE.format(name="media", path=folder / "team", users="root", read_only="yes")
    return Server(
        name=name,
        host="router",
        command=("smbd", "--foreground", "--no-process-group", f"--configfile={folder}/smb.conf"),
        files={"smb.conf": text},
        folders=("private", "lock", "state", "cache", "run", "ncalrpc"),
        prepare=partial(_prepare, password="", account="unknown", without=()),
        ready=tcp(ip, 445),
    )


def _prepare(
    host: Host,
    folder: Path,
    *,
    password: str,
    account: Account,
    without: tuple[str, ...],
    closed: tuple[str, ...] = (),
) -> None:
    documents.fill(folder / "team", without, closed)
    if (folder / "all").is_dir() and not (folder / "all" / "projects").is_symlink():
        (folder / "all" / "projects").symlink_to(f"msdfs:{topology.INSIDE_WEBDAV_IP}\\projects")
    (folder / "private" / "users.tdb").unlink(missing_ok=True)
    if account == "unknown":
        return
    config = str(folder / "smb.conf")
    host.run("smbpasswd", "-c", config, "-s", "-a", USER, input=f"{password}\n{password}\n")
    match account:
        case "expired":
            host.run("net", "-s", config, "sam", "set", "pwdmustchangenow", USER, "yes")
        case "locked":
            host.run("pdbedit", "-s", config, "-u", USER, "-c", "[L]")
        case "disabled":
            host.run("smbpasswd", "-c", config, "-d", USER)
