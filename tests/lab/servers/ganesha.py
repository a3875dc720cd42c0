"""nfs-ganesha: the archive over NFS version 4, in user space. It cannot be mounted here: the kernel has no NFS client."""

from pathlib import Path
from typing import Final

from tests.lab import topology
from tests.lab.hosts import Host
from tests.lab.servers import documents
from tests.lab.servers.base import Server, folder_of, tcp

NAME: Final = "nfs"
_CONFIG: Final = """
NFS_CORE_PARAM {{ NFS_Protocols = 4; Enable_NLM = false; Enable_RQUOTA = false; Bind_addr = {ip};
  Allow_Set_Io_Flusher_Fail = true; }}
NFSv4 {{ Grace_Period = 3; Lease_Lifetime = 5; RecoveryBackend = fs; }}
NFS_KRB5 {{ Active_krb5 = false; }}
EXPORT {{ Export_Id = 1; Path = {folder}/team; Pseudo = {share}; Access_Type = {access}; Squash = None; SecType = {security};
  Protocols = 4; Transports = TCP; PrivilegedPort = {privileged}; FSAL {{ Name = VFS; }} }}
"""
_PLACES: Final = "mkdir -p /var/lib/nfs/ganesha /run/ganesha"


def archive(
    *, share: str = "/archive", access: str = "RO", privileged: bool = False, security: str = "sys"
) -> Server:
    """``share``: the name under which it is there. ``privileged``: it listens to the ports of systems only, as Linux does."""
    folder = folder_of(NAME)
    config = _CONFIG.format(
        ip=topology.INSIDE_FILES_IP,
        folder=folder,
        share=share,
        access=access,
        security=security,
        privileged="true" if privileged else "false",
    )
    return Server(
        name=NAME,
        host="inside",
        command=(
            "ganesha.nfsd",
            *("-F", "-L", "/dev/stderr", "-N", "NIV_EVENT"),
            *("-f", str(folder / "ganesha.conf"), "-p", str(folder / "pid")),
        ),
        files={"ganesha.conf": config},
        prepare=_prepare,
        before=_PLACES,
        ready=tcp(topology.INSIDE_FILES_IP, 2049),
    )


def _prepare(host: Host, folder: Path) -> None:
    documents.fill(folder / "team")
