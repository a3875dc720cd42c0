"""WireGuard on UDP 51820: the gateway, and wg-quick on the pc. Both without the kernel's module: wireguard-go.

A gateway pushes nothing here: what goes into the tunnel, and which name server is asked, stands in the person's own settings.
A full tunnel is 0.0.0.0/0 by wg-quick's own means (a routing table and rules by mark, the main table untouched), with IPv6 beside
it. The gateway listens on all addresses of its host: WireGuard cannot be told otherwise.
"""

import base64
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from tests.lab import topology, zone
from tests.lab.servers import gateways
from tests.lab.servers.base import Server, every, udp_bound
from tests.lab.servers.gateways import Terms

if TYPE_CHECKING:
    from tests.lab.lab import Lab

PORT: Final = 51820
POOL: Final = topology.POOLS["wireguard"]
CLIENT_IP: Final = POOL.replace("0/24", "2")
MTU: Final = 1420  # 1500 less an IPv6 header and WireGuard's own
SOCKETS: Final = "/run/wireguard"  # one folder for all hosts of the lab: interfaces need names of their own


@dataclass(frozen=True)
class Keys:
    private: str
    public: str


@cache
def keys(owner: str) -> Keys:
    """The key pair of "gateway" or of a person, the same as long as the lab stands."""
    key = X25519PrivateKey.generate()
    return Keys(_text(key.private_bytes_raw()), _text(key.public_key().public_bytes_raw()))


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def gateway(*, known: str = "person") -> Server:
    """``known``: whose key is let in; any other name plays a key that was taken back: the gateway stays silent."""
    settings = f"""
        [Interface]
        PrivateKey = {keys("gateway").private}
        ListenPort = {PORT}
        [Peer]
        PublicKey = {keys(known).public}
        AllowedIPs = {CLIENT_IP}/32
        """
    return Server(
        name="wireguard",
        host="company",
        command=("sh", "-eu", "run"),
        ready=udp_bound(PORT),
        files={
            "settings": settings,
            "run": _GATEWAY.format(address=f"{gateways.first_of(POOL)}/24", sockets=SOCKETS, mtu=MTU),
        },
    )


# wg takes away a socket that is there and does not listen yet, so listening is waited for.
_GATEWAY: Final = """
rm -f {sockets}/wg-office.sock
wireguard-go --foreground wg-office &
until ss -xlH | grep -q {sockets}/wg-office.sock; do sleep 0.02; done
wg setconf wg-office settings
ip address add {address} dev wg-office
ip link set wg-office mtu {mtu} up
wait
"""


def client(lab: "Lab", terms: Terms) -> Server:
    """wg-quick of the person, wg0. Keys, no password."""
    name_server = (
        rf"printf 'nameserver %s\nsearch %s\n' {topology.INSIDE_DNS_IP} {zone.DOMAIN} > /etc/resolv.conf"
    )
    settings = f"""
        [Interface]
        PrivateKey = {keys("person").private}
        Address = {CLIENT_IP}/32
        MTU = {terms.mtu or MTU}
        {f"PostUp = {name_server}" if terms.dns else ""}
        [Peer]
        PublicKey = {keys("gateway").public}
        AllowedIPs = {", ".join(terms.destinations)}
        Endpoint = {f"[{terms.gateway_ip}]" if terms.ipv6 else terms.gateway_ip}:{PORT}
        PersistentKeepalive = 5
        """
    return Server(
        name="wireguard-client",
        host="pc",
        command=("bash", "-eu", "run"),
        ready=every(gateways.wrote_name_server(terms), gateways.carries(terms, POOL)),
        files={
            "wg0.conf": "\n".join(line.strip() for line in settings.splitlines()),
            "run": _CLIENT.format(sockets=SOCKETS),
        },
    )


_CLIENT: Final = """
rm -f {sockets}/wg0.sock
trap 'wg-quick down ./wg0.conf; exit' TERM
wg-quick up ./wg0.conf
sleep infinity &
wait
"""
