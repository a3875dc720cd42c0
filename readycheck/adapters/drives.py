"""Network drives in the lists that systems keep of what is mounted: their text is read, the drives themselves are not touched.

Pure. Every function gives what it can read and leaves the rest out; none raises.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from readycheck.ports import NetworkDrive
from readycheck.text import clean

# The file systems that lie on another machine, as Linux and macOS name them, and the protocol they speak.
_PROTOCOLS: Final = {
    "cifs": "smb",
    "smb3": "smb",
    "smbfs": "smb",
    "nfs": "nfs",
    "nfs4": "nfs",
    "fuse.sshfs": "sftp",
    "sshfs": "sftp",
    "davfs": "webdav",
    "fuse.davfs": "webdav",
    "webdav": "webdav",
    "afpfs": "",
    "afs": "",
    "ceph": "",
    "fuse.ceph": "",
    "fuse.glusterfs": "",
    "fuse.rclone": "",
    "fuse.s3fs": "",
}
_WAITING: Final = "autofs"
_OCTAL: Final = re.compile(r"\\([0-7]{3})")
_PORT: Final = re.compile(r"(?:^|,)port=([0-9]{1,5})(?:,|$)")
_LETTER: Final = re.compile(r"[A-Z]:")
_GAP: Final = re.compile(r" {2,}|\t")
_CONNECTED: Final = {
    0: True,
    2: False,
    3: False,
    6: False,
    "OK": True,
    "Disconnected": False,
    "Unavailable": False,
}
_MOST: Final = 200


def in_mountinfo(text: str) -> tuple[NetworkDrive, ...]:
    """``/proc/self/mountinfo`` (proc(5)). A folder that is mounted on first use is one of them, ``waiting``."""
    found: dict[str, NetworkDrive] = {}
    for line in text.split("\n"):
        fields = line[:16_384].split(" ")
        if "-" not in fields[6:]:
            continue
        after = [*fields[fields.index("-", 6) + 1 :], "", "", ""]
        place = _unescaped(fields[4])
        told = _drive(place, after[0], _unescaped(after[1]), port=_port(after[2]))
        if told is None:
            found.pop(place, None)  # something else was mounted over it
        elif not (told.waiting and place in found):
            found[place] = told
    return tuple(found.values())[:_MOST]


def in_mount(text: str) -> tuple[NetworkDrive, ...]:
    """What ``mount`` of macOS prints: ``//anna@files/team on /Volumes/team (smbfs, nodev, mounted by anna)``."""
    found = []
    for line in text.split("\n"):
        source, _, rest = line.partition(" on /")
        place, _, options = rest.rpartition(" (")
        told = _drive(f"/{place}", options.rstrip(")").partition(",")[0], source)
        if told is not None and not told.waiting:
            found.append(told)
        if len(found) == _MOST:
            break
    return tuple(found)


def in_mappings(rows: Sequence[Mapping[str, Any]]) -> tuple[NetworkDrive, ...]:
    """What ``Get-SmbMapping`` of Windows tells, as objects: LocalPath, RemotePath, Status (a number or its name)."""
    found = []
    for row in rows[:_MOST]:
        source = str(row.get("RemotePath") or "")
        if host := _host("smb", source.replace("\\", "/")):
            status = row.get("Status")
            connected = _CONNECTED.get(status) if isinstance(status, int | str) else None
            found.append(_smb(str(row.get("LocalPath") or source), source, host, connected))
    return tuple(found)


def in_net_use(text: str) -> tuple[NetworkDrive, ...]:
    """What ``net use`` of Windows prints, in any language: a line with ``Z:`` and ``\\\\host\\share`` is a drive."""
    found = []
    for line in text.split("\n"):
        before, start, rest = line.partition("\\\\")
        if not start:
            continue
        source = start + _GAP.split(rest, maxsplit=1)[0]
        letter = (before.split() or [""])[-1]
        if host := _host("smb", source.replace("\\", "/")):
            found.append(_smb(letter if _LETTER.fullmatch(letter) else source, source, host, None))
        if len(found) == _MOST:
            break
    return tuple(found)


def holding(path: str, drives: Sequence[NetworkDrive]) -> NetworkDrive | None:
    """The network drive that this path lies on, by its text alone."""
    over = [each for each in drives if path == each.place or path.startswith(each.place.rstrip("/") + "/")]
    return max(over, key=lambda each: len(each.place), default=None)


def _drive(place: str, kind: str, source: str, port: int = 0) -> NetworkDrive | None:
    """None for what is not on another machine."""
    if kind == _WAITING:
        return NetworkDrive(place=clean(place, 400), protocol="", source="", host="", waiting=True)
    if kind not in _PROTOCOLS:
        return None
    protocol = _PROTOCOLS[kind]
    host = _host(protocol, source)
    return NetworkDrive(
        place=place[:4096], protocol=protocol, source=clean(source, 400), host=host, port=port
    )


def _smb(place: str, source: str, host: str, connected: bool | None) -> NetworkDrive:
    return NetworkDrive(
        place=clean(place, 400),
        protocol="smb",
        source=clean(source, 400),
        host=host,
        connected=connected,
    )


def _host(protocol: str, source: str) -> str:
    """``//anna@host/share``, ``host:/path``, ``[2001:db8::1]:/path``, ``anna@host:path``, ``https://host/``."""
    if "://" in source:
        try:
            return clean(urlsplit(source).hostname or "", 253)
        except ValueError:
            return ""
    if protocol == "smb" and source.startswith("//"):
        named = source[2:].partition("/")[0]
    elif source.partition("@")[2].startswith("[") or source.startswith("["):
        return clean(source.partition("[")[2].partition("]")[0], 253)
    else:
        named, colon, _ = source.partition(":")
        named = named if colon else ""
    return clean(named.rpartition("@")[2], 253)


def _port(options: str) -> int:
    told = _PORT.search(options)
    number = int(told[1]) if told else 0
    return number if number < 65_536 else 0


def _unescaped(text: str) -> str:
    r"""Blanks, tabs, line ends and backslashes stand as three octal digits: ``\040``."""
    return _OCTAL.sub(lambda told: chr(int(told[1], 8)), text)
