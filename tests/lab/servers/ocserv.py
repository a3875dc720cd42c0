"""ocserv: the gateway of the AnyConnect protocol on TCP and UDP 443, and openconnect, the client program on the pc.

The terms for a person are read by the gateway at each sign-in from a file of hers. A full tunnel replaces the default route and
leaves IPv6 beside the tunnel: the gateway hands out no IPv6 address, and then openconnect does nothing about IPv6.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.lab import topology, zone
from tests.lab.hosts import USER, Host
from tests.lab.people import USER_PASSWORD
from tests.lab.servers import gateways
from tests.lab.servers.base import Server, every, folder_of, tcp, udp_bound
from tests.lab.servers.gateways import Certificate, Terms

if TYPE_CHECKING:
    from tests.lab.lab import Lab

PORT: Final = 443
OVERHEAD: Final = {
    False: 66,
    True: 86,
}  # of IP, UDP and DTLS, by whether it is IPv6: ocserv takes it from the MTU it is given
FOLDER: Final = folder_of("ocserv")


def gateway(lab: "Lab", *, certificate: Certificate = "good", password: str = USER_PASSWORD) -> Server:
    """``password``: the only one that is let in; another than the person's plays a password that has run out."""
    chain, key = gateways.certificate(lab, certificate)
    return Server(
        name="ocserv",
        host="company",
        command=("sh", "-eu", "run"),
        ready=every(*(tcp(ip, PORT) for ip in gateways.IPS), udp_bound(PORT)),
        files={
            "settings": _settings(chain, key),
            "hosts": "".join(f"{ip} {gateways.NAME}\n" for ip in gateways.IPS),
            f"people/{USER}": _pushes(Terms()),
            "run": _RUN,
        },
        prepare=lambda host, folder: _set_password(host, folder, password),
    )


# listen-host takes one name: with two addresses it means both.
_RUN: Final = """
mount --bind hosts /etc/hosts
exec ocserv --foreground --config settings
"""


def _settings(chain: Path, key: Path) -> str:
    return f"""
auth = "plain[passwd={FOLDER}/accounts]"
listen-host = {gateways.NAME}
tcp-port = {PORT}
udp-port = {PORT}
run-as-user = root
run-as-group = root
socket-file = {FOLDER}/socket
pid-file = {FOLDER}/pid
use-occtl = false
isolate-workers = false
server-cert = {chain}
server-key = {key}
device = vpns
ipv4-network = {topology.POOLS["ocserv"]}
default-domain = {zone.DOMAIN}
config-per-user = {FOLDER}/people
cisco-client-compat = true
dtls-legacy = true
try-mtu-discovery = false
max-same-clients = 0
max-ban-score = 0
cookie-timeout = 300
dpd = 30
keepalive = 30
"""


def _pushes(terms: Terms) -> str:
    lines = (
        ["route = default"]
        if terms.full
        else [f"route = {'/'.join(gateways.split(route))}" for route in terms.routes]
    )
    if terms.dns:
        lines += [f"dns = {topology.INSIDE_DNS_IP}"]
    if terms.mtu:
        lines += [f"mtu = {terms.mtu + OVERHEAD[terms.ipv6]}"]
    return "\n".join(lines) + "\n"


def _set_password(host: Host, folder: Path, password: str) -> None:
    host.run("ocpasswd", "--passwd", str(folder / "accounts"), USER, input=f"{password}\n{password}\n")


def client(lab: "Lab", terms: Terms, *, password: str = USER_PASSWORD) -> Server:
    """The program of the person, tun0. It believes the authorities that the computer believes."""
    call = (
        *("openconnect", "--protocol=anyconnect", "--non-inter", "--passwd-on-stdin", f"--user={USER}"),
        *("--interface=tun0", "--script='/bin/sh ./vpnc-script'"),
        *(f"--resolve={gateways.NAME}:{terms.gateway_ip}", f"https://{gateways.NAME}"),
    )
    return Server(
        name="openconnect",
        host="pc",
        command=("sh", "-eu", "run"),
        ready=every(gateways.wrote_name_server(terms), gateways.carries(terms, topology.POOLS["ocserv"])),
        files={
            "account": f"{password}\n",
            "vpnc-script": _VPNC_SCRIPT,
            "run": f"exec {' '.join(call)} < account\n",
        },
        prepare=lambda host, folder: _grant(terms),
    )


def _grant(terms: Terms) -> None:
    (FOLDER / "people" / USER).write_text(_pushes(terms), encoding="ascii")


_VPNC_SCRIPT: Final = r"""
# Called by openconnect with $reason and what the gateway told.
connect() {
    ip address add "$INTERNAL_IP4_ADDRESS/32" dev "$TUNDEV"
    ip link set "$TUNDEV" mtu "$INTERNAL_IP4_MTU" up
    number=0
    while [ "$number" -lt "${CISCO_SPLIT_INC:-0}" ]; do
        eval "ip route add \$CISCO_SPLIT_INC_${number}_ADDR/\$CISCO_SPLIT_INC_${number}_MASKLEN dev $TUNDEV"
        number=$((number + 1))
    done
    if [ -z "$CISCO_SPLIT_INC" ]; then take_everything; fi
    if [ -n "$INTERNAL_IP4_DNS" ]; then
        printf 'nameserver %s\nsearch %s\n' "$INTERNAL_IP4_DNS" "$CISCO_DEF_DOMAIN" > /etc/resolv.conf
    fi
}
take_everything() {
    case "$VPNGATEWAY" in
        *:*) ;;
        *) ip route add "$VPNGATEWAY" $(ip route get "$VPNGATEWAY" | sed -n 's/.*\(via [^ ]* dev [^ ]*\).*/\1/p') ;;
    esac
    ip route show default > before
    ip route replace default dev "$TUNDEV"
}
disconnect() {
    if [ -s before ]; then ip route replace $(cat before); rm before; ip route delete "$VPNGATEWAY"; fi
}
case "$reason" in
    connect) connect ;;
    disconnect) disconnect ;;
esac
"""
