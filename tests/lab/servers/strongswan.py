"""strongSwan: the IKEv2 gateway on UDP 500 and 4500, and charon on the pc. ESP is done in user space (kernel-libipsec, ipsec0).

The gateway proves itself by its certificate, people by name and password (EAP-MSCHAPv2), as with the built-in clients of systems.
It hands out address and name server; what goes into the tunnel is what the client asks for. A full tunnel leaves IPv6 and the
own network beside it. charon listens on all addresses of its host.
"""

import ipaddress
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.lab import topology, zone
from tests.lab.hosts import USER
from tests.lab.people import USER_PASSWORD
from tests.lab.servers import gateways
from tests.lab.servers.base import Ready, Server, every, folder_of, udp_bound, wrote
from tests.lab.servers.gateways import Certificate, Terms

if TYPE_CHECKING:
    from tests.lab.lab import Lab

POOL: Final = topology.POOLS["ike"]
OWN_NETWORK: Final = "192.168.1.0/24"
MARK: Final = (
    "0x42"  # of charon's own packets: they go around the tunnel, also where the tunnel takes everything
)
LOADED: Final = "connections loaded"
LAID: Final = folder_of("strongswan-client") / "laid"  # made when a tunnel has all that its terms name
CALL: Final = "control --initiate --child inside --timeout 8"
PROPOSAL: Final = "aes256gcm16-prfsha256-ecp256"
PLUGINS: Final = (
    "random nonce pem openssl pkcs1 pkcs8 x509 pubkey constraints hmac kdf sha1 sha2 aes gcm curve25519 "
    "kernel-libipsec kernel-netlink socket-default vici eap-identity eap-mschapv2 updown"
)


def gateway(
    lab: "Lab",
    *,
    certificate: Certificate = "good",
    password: str = USER_PASSWORD,
    proposal: str = PROPOSAL,
    l2tp: bool = False,
) -> Server:
    """``password``: the only one that is let in; another than the person's plays a password that has run out.

    ``proposal``: of IKE, for one that nobody else offers. ``l2tp``: it lets in L2TP by IKE of version 1, and nothing else.
    """
    chain, key = gateways.certificate(lab, certificate)
    connection = f"""
        connections {{
            people {{
                version = 2
                proposals = {proposal}
                pools = pool
                local {{
                    id = {gateways.NAME}
                    certs = gateway.crt
                }}
                remote {{
                    auth = eap-mschapv2
                    eap_id = %any
                }}
                children {{
                    inside {{
                        local_ts = {gateways.EVERYTHING}
                        esp_proposals = aes256gcm16
                    }}
                }}
            }}
        }}
        pools {{
            pool {{
                addrs = {POOL}
                dns = {topology.INSIDE_DNS_IP}
            }}
        }}
        {_account(password)}
        """
    connection = L2TP if l2tp else connection
    ready = every(wrote("strongswan", LOADED), udp_bound(500), udp_bound(4500))
    credentials = {"x509/gateway.crt": chain.read_bytes(), "private/gateway.key": key.read_bytes()}
    return _charon("strongswan", "company", connection, ready, credentials)


L2TP: Final = """
    connections {
        phones {
            version = 1
            proposals = aes256-sha256-modp2048
            local {
                auth = psk
            }
            remote {
                auth = psk
            }
            children {
                l2tp {
                    mode = transport
                    local_ts = dynamic[udp/1701]
                    esp_proposals = aes256-sha256
                }
            }
        }
    }
    secrets {
        ike-all {
            secret = "for everybody"
        }
    }
    """


def client(lab: "Lab", terms: Terms, *, password: str = USER_PASSWORD) -> Server:
    """charon of the person, ipsec0."""
    connection = f"""
        connections {{
            company {{
                version = 2
                proposals = {PROPOSAL}
                remote_addrs = {terms.gateway_ip}
                vips = 0.0.0.0
                local {{
                    auth = eap
                    eap_id = {USER}
                }}
                remote {{
                    auth = pubkey
                    id = {gateways.NAME}
                    cacerts = lab.crt
                }}
                children {{
                    inside {{
                        remote_ts = {_asked(terms)}
                        esp_proposals = aes256gcm16
                        updown = /bin/sh {folder_of("strongswan-client")}/updown
                    }}
                }}
            }}
        }}
        {_account(password)}
        """
    ready = every(lambda _: LAID.exists(), gateways.carries(terms, POOL))
    credentials = {"x509ca/lab.crt": lab.trusted.certificate.read_bytes()}
    return _charon("strongswan-client", "pc", connection, ready, credentials, updown=_updown(terms))


def _account(password: str) -> str:
    return f"""
        secrets {{
            eap-person {{
                id = {USER}
                secret = "{password}"
            }}
        }}
        """


def _charon(
    name: str,
    host: str,
    connections: str,
    ready: Ready,
    credentials: Mapping[str, bytes],
    *,
    updown: str = "",
) -> Server:
    """charon with swanctl; on the pc (``updown``) it also connects, and hangs up when it is asked to end."""
    folder = folder_of(name)
    return Server(
        name=name,
        host=host,
        command=("sh", "-eu", "run"),
        ready=ready,
        files={
            "strongswan.conf": _settings(folder),
            "connections": connections,
            "run": _RUN.format(folder=folder, loaded=LOADED, call=CALL if updown else ""),
            "updown": updown,
            **credentials,
        },
    )


def _settings(folder: Path) -> str:
    return f"""
        charon {{
            load = {PLUGINS}
            plugins {{
                vici {{ socket = unix://{folder}/vici }}
                kernel-libipsec {{ allow_peer_ts = yes }}
                updown {{ dns_handler = yes }}
                socket-default {{ fwmark = {MARK} }}
                kernel-netlink {{ fwmark = !{MARK} }}
            }}
            filelog {{
                stdout {{
                    default = 1
                    flush_line = yes
                }}
            }}
            retransmit_tries = 3
            retransmit_timeout = 1
        }}
        """


# The place of charon's pid file is fixed: each charon sees a file of its own there.
_RUN: Final = """
rm -f vici laid
touch pid /run/charon.pid
mount --bind pid /run/charon.pid
control() {{ task=$1; shift; swanctl "$task" --uri unix://{folder}/vici "$@"; }}
STRONGSWAN_CONF={folder}/strongswan.conf /usr/lib/ipsec/charon &
charon=$!
trap 'control --terminate --ike company --timeout 1 || true; kill $charon; wait; exit' TERM
until control --stats > stats 2>&1; do sleep 0.02; done
control --load-all --file connections --noprompt
{call}
echo '{loaded}'
wait
"""


def _asked(terms: Terms) -> str:
    """What goes into the tunnel by policy: something in which the gateway has an address. Narrower routes are laid apart."""
    return gateways.EVERYTHING if terms.full else gateways.INSIDE_NETWORK


def _updown(terms: Terms) -> str:
    """What charon calls when the tunnel is there and when it goes: name server, MTU, the own network's way past a full tunnel.

    The tunnel carries before all of that is laid, so the end of it leaves a file. charon lays the route of its policy once more
    when it hears of the new address: narrower ones stand before it, for removing it would not last.
    """
    up, down = ["true"], ["true"]
    if terms.dns:
        up += [f"printf 'nameserver %s\\nsearch {zone.DOMAIN}\\n' \"$PLUTO_DNS4_1\" > /etc/resolv.conf"]
    if terms.mtu:
        up += [f"ip link set ipsec0 mtu {terms.mtu}"]
    if terms.destinations != (_asked(terms),):
        halves = ipaddress.ip_network(_asked(terms)).subnets()
        up += [f"ip route replace throw {half} table 220" for half in halves]
        up += [
            f'ip route replace {route} dev ipsec0 src "$PLUTO_MY_SOURCEIP" table 220'
            for route in terms.routes
        ]
        down += ["ip route flush table 220"]
    if terms.full:
        up += [f"ip route replace throw {OWN_NETWORK} table 220"]
        down += [f"ip route delete throw {OWN_NETWORK} table 220"]
    up += [f"touch {LAID}"]
    return f'case "$PLUTO_VERB" in\nup-client) {"; ".join(up)} ;;\ndown-client) {"; ".join(down)} ;;\nesac\n'
