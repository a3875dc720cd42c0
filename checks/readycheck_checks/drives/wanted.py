"""Which drives a profile expects, and which of those that are there they are. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from readycheck.api import NetworkDrive

PORTS: Final = {"smb": 445, "nfs": 2049, "sftp": 22, "webdav": 443}


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A drive to judge. ``label`` names it for people; ``expected``: the profile wants it; ``drive`` None: it is not there."""

    label: str
    expected: bool
    drive: NetworkDrive | None
    host: str = ""
    protocol: str = ""
    port: int = 0

    @property
    def port_is_sure(self) -> bool:
        """SSH and web servers stand on ports that the list of mounts seldom tells."""
        told = self.drive is not None and self.drive.port > 0
        return told or self.protocol in ("smb", "nfs")


def wanted_drives(
    expect: Sequence[str], drives: Sequence[NetworkDrive], home: str, *, others: bool
) -> list[Wanted]:
    """The expected ones in their order, then, if asked, all others that are mounted."""
    named = [(text, _found(text, drives, home)) for text in expect]
    listed = [_wanted(text, drive) for text, drive in named]
    if others:
        taken = [drive for _, drive in named]
        listed += [_other(drive) for drive in drives if drive not in taken and not drive.waiting]
    return listed


def host_and_protocol(text: str) -> tuple[str, str]:
    """Of an expectation that names a server: ``//files/team``, ``files:/export``; empty for a folder or a letter."""
    plain = text.replace("\\", "/")
    if plain.startswith("//"):
        return plain[2:].partition("/")[0], "smb"
    if plain.startswith("["):
        return plain[1:].partition("]")[0], "nfs"
    host, colon, path = plain.partition(":")
    if colon and path.startswith("/") and len(host) > 1 and "/" not in host:
        return host.rpartition("@")[2], "sftp" if "@" in host else "nfs"
    return "", ""


def _found(text: str, drives: Sequence[NetworkDrive], home: str) -> NetworkDrive | None:
    place = home + text[1:] if text.startswith("~/") else text
    for drive in drives:
        if _plain(drive.place) == _plain(place) or (drive.source and _plain(drive.source) == _plain(text)):
            return drive
    return None


def _plain(text: str) -> str:
    """Without the user in front of the host, without regard to case and to the direction of slashes."""
    slashed = text.replace("\\", "/").rstrip("/").lower()
    lead = "//" if slashed.startswith("//") else ""
    first, slash, rest = slashed[len(lead) :].partition("/")
    return lead + first.rpartition("@")[2] + slash + rest


def _wanted(text: str, drive: NetworkDrive | None) -> Wanted:
    label = f"The drive {text}"
    if drive is None:
        host, protocol = host_and_protocol(text)
        return Wanted(
            label=label,
            expected=True,
            drive=None,
            host=host,
            protocol=protocol,
            port=PORTS.get(protocol, 0),
        )
    return _of(label, drive, expected=True)


def _other(drive: NetworkDrive) -> Wanted:
    """Its folder and its share may name the person, its server does not."""
    return _of(f"A network drive on {drive.host or 'another computer'}", drive, expected=False)


def _of(label: str, drive: NetworkDrive, *, expected: bool) -> Wanted:
    return Wanted(
        label=label,
        expected=expected,
        drive=drive,
        host=drive.host,
        protocol=drive.protocol,
        port=drive.port or PORTS.get(drive.protocol, 0),
    )
