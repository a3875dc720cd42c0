"""MIT Kerberos: the key distribution centre of the realm CORP.TEST, inside, on port 88 (TCP and UDP)."""

from pathlib import Path
from typing import Final

from tests.lab import topology, zone
from tests.lab.hosts import Host
from tests.lab.servers.base import Server, folder_of, tcp

NAME: Final = "kdc"
REALM: Final = zone.DOMAIN.upper()
IP: Final = topology.INSIDE_WEBDAV_IP
PORT: Final = 88
_SETTINGS: Final = """
[kdcdefaults]
  kdc_listen = {ip}:{port}
  kdc_tcp_listen = {ip}:{port}
[realms]
  {realm} = {{
    database_name = {folder}/principal
    key_stash_file = {folder}/stash
  }}
[logging]
  kdc = STDERR
"""


def centre() -> Server:
    """Knows nobody but itself. What it writes into its log is what IT would see of a probe."""
    folder = folder_of(NAME)
    variables = {"KRB5_CONFIG": f"{folder}/krb5.conf", "KRB5_KDC_PROFILE": f"{folder}/kdc.conf"}
    return Server(
        name=NAME,
        host="inside",
        command=(
            "env",
            *(f"{key}={value}" for key, value in variables.items()),
            "krb5kdc",
            "-n",
            "-r",
            REALM,
        ),
        ready=tcp(IP, PORT),
        files={
            "krb5.conf": f"[libdefaults]\n  default_realm = {REALM}\n",
            "kdc.conf": _SETTINGS.format(ip=IP, port=PORT, realm=REALM, folder=folder),
        },
        prepare=_make_database,
    )


def _make_database(host: Host, folder: Path) -> None:
    if (folder / "principal").exists():
        return
    variables = (f"KRB5_CONFIG={folder}/krb5.conf", f"KRB5_KDC_PROFILE={folder}/kdc.conf")
    host.run("env", *variables, "kdb5_util", "-r", REALM, "create", "-s", "-P", "lab-secret")
