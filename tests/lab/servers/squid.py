"""squid: the company's web proxy, proxy.corp.test:3128, for those whose network lets nothing else through; or one at home."""

import hashlib
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.lab import topology, zone
from tests.lab.hosts import USER, Host
from tests.lab.people import USER_PASSWORD
from tests.lab.servers.base import Server, every, folder_of, tcp

NAME: Final = "squid"
PORT: Final = 3128
HOST_NAME: Final = f"proxy.{zone.DOMAIN}"
IPS: Final = (topology.COMPANY_VOICE_IP, topology.ip6(topology.COMPANY_VOICE_IP))
AT_HOME_IPS: Final = (topology.ROUTER_IP, topology.ROUTER_IP6)
URL: Final = f"http://{HOST_NAME}:{PORT}"
_OWN_SHARED_MEMORY: Final = "mount -t tmpfs tmpfs /dev/shm"  # it leaves segments behind when it is killed
_CHECKS_PASSWORDS: Final = "/usr/lib/squid/basic_ncsa_auth"


def proxy(
    *,
    sign_in: bool = False,
    password: str = USER_PASSWORD,
    refuses: bool = False,
    refuses_to: Sequence[str] = (),
    at: str = "company",
) -> Server:
    """Passes plain HTTP to 80 and CONNECT to 443 and 8443.

    ``sign_in``: 407 without the person's name and ``password``. ``refuses``: 403 to everything, ``refuses_to``: for
    these hosts. ``at``: the host that it runs on, "company" or "router".
    """
    ips = {"company": IPS, "router": AT_HOME_IPS}[at]
    return Server(
        name=NAME,
        host=at,
        command=("squid", "-N", "-f", str(folder_of(NAME) / "squid.conf")),
        ready=every(*(tcp(ip, PORT) for ip in ips)),
        files={
            "squid.conf": _settings(ips, sign_in=sign_in, refuses=refuses, refuses_to=refuses_to),
            "users": f"{USER}:{_hashed(password)}\n",
        },
        folders=("own",),
        prepare=_hand_over,
        before=_OWN_SHARED_MEMORY,
    )


def _hand_over(host: Host, folder: Path) -> None:
    """squid gives up root at its start, and cannot write to what it was handed as standard output: its logs are files."""
    shutil.chown(folder / "own", "proxy", "proxy")
    for name in ("squid.conf", "users"):
        (folder / name).chmod(0o644)


def _hashed(password: str) -> str:
    """The plainest form that the checker reads: MD5 in hexadecimal."""
    return hashlib.md5(password.encode(), usedforsecurity=False).hexdigest()


def _settings(ips: Sequence[str], *, sign_in: bool, refuses: bool, refuses_to: Sequence[str]) -> str:
    folder = folder_of(NAME)
    asking = f"""
auth_param basic program {_CHECKS_PASSWORDS} {folder}/users
auth_param basic children 1
auth_param basic realm {zone.DOMAIN}
acl known proxy_auth REQUIRED
http_access deny !known
"""
    return f"""
http_port {ips[0]}:{PORT}
http_port [{ips[1]}]:{PORT}
visible_hostname {HOST_NAME}
dns_nameservers {topology.RESOLVER_IP}
pid_filename none
cache_log {folder}/own/squid.log
access_log stdio:{folder}/own/access.log
coredump_dir {folder}/own
cache deny all
cache_mem 8 MB
max_filedescriptors 1024
shutdown_lifetime 0 seconds
acl CONNECT method CONNECT
acl web port 80
acl secure port 443 8443
{"http_access deny all" if refuses else ""}
{f"acl unwanted dstdomain {' '.join(refuses_to)}" if refuses_to else ""}
{"http_access deny unwanted" if refuses_to else ""}
{asking if sign_in else ""}
http_access deny CONNECT !secure
http_access deny !CONNECT !web
http_access allow all
"""
