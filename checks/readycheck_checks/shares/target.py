"""Where a share is: reads its URL strictly. Refuses credentials in URLs and passwords without TLS beyond this machine."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from readycheck_checks.asking.endpoints import is_here
from readycheck_checks.shares import nextcloud

_SCHEMES: Final = {
    "smb": ("smb", False, 445),
    "davs": ("webdav", True, 443),
    "https": ("webdav", True, 443),
    "dav": ("webdav", False, 80),
    "http": ("webdav", False, 80),
    "sftp": ("sftp", True, 22),
    "nfs": ("nfs", False, 2049),
}
_EXPECTED: Final = (
    '"smb://host/share/folder", "https://host/folder", "sftp://host/folder" or "nfs://host/folder"'
)


@dataclass(frozen=True, kw_only=True)
class Target:
    """``kind`` is "smb", "webdav", "sftp" or "nfs"; ``path`` holds share and folders, decoded."""

    kind: str
    host: str
    port: int
    tls: bool
    path: tuple[str, ...]

    @property
    def label(self) -> str:
        return "/".join((self.host, *self.path))

    @property
    def unc(self) -> str:
        r"""``\\host\share\folder``, as SMB names it."""
        return "\\\\" + "\\".join((self.host, *self.path))

    @property
    def url(self) -> str:
        """The collection's URL, with its closing slash."""
        return self._url_of(self.path)

    @property
    def status_url(self) -> str:
        """Where a Nextcloud tells how it is; empty where the URL is not that of its WebDAV."""
        if self.kind != "webdav" or nextcloud.SIGN not in self.path:
            return ""
        return self._url_of(self.path[: self.path.index(nextcloud.SIGN)]) + "status.php"

    @property
    def folder(self) -> str:
        """``/share/folder``, as NFS and SFTP name it; for SFTP ``~`` in front, or nothing at all, is where one begins."""
        if self.kind == "sftp" and self.path[:1] in ((), ("~",)):
            return "/".join(self.path[1:]) or "."
        return "/" + "/".join(self.path)

    def _url_of(self, path: tuple[str, ...]) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        folders = "".join(f"{quote(part, safe='')}/" for part in path)
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}/{folders}"


def target_of(url: str, port: int = 0) -> Target:
    """``port`` overrides the URL's (0: the URL's own, or its scheme's). Raises ValueError with what was expected."""
    parts = urlsplit(url)
    if parts.scheme not in _SCHEMES or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f'"{url}" is no share: write it like {_EXPECTED}')
    if parts.username or parts.password:
        raise ValueError("a share's URL holds no user and no password: use `user` and `password_secret`")
    kind, tls, usual = _SCHEMES[parts.scheme]
    path = tuple(unquote(part) for part in parts.path.split("/") if part)
    if ".." in path or (kind in ("smb", "nfs") and not path):
        raise ValueError(f'"{url}" names no share: write it like {_EXPECTED}')
    if kind == "webdav" and not tls and not is_here(parts.hostname):
        raise ValueError(f'"{url}" would send the password in clear: use https')
    return Target(kind=kind, host=parts.hostname, port=port or parts.port or usual, tls=tls, path=path)
