"""OpenVPN: the gateway over UDP and over TCP (both on port 1194), and the client program on the pc.

People sign in with name and password, the gateway proves itself by its certificate. The terms for a person are read by the
gateway at each sign-in from a file of hers. OpenVPN binds either one address or all of a host: it listens on all, IPv4 and IPv6.
A full tunnel lays two halves over the default route and leaves IPv6 beside the tunnel, as redirect-gateway does by itself.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from tests.lab import topology, zone
from tests.lab.hosts import USER, Host
from tests.lab.people import USER_PASSWORD
from tests.lab.servers import gateways
from tests.lab.servers.base import Server, every, folder_of, udp_bound, wrote
from tests.lab.servers.gateways import Certificate, Terms

if TYPE_CHECKING:
    from tests.lab.lab import Lab

Transport = Literal["udp", "tcp"]
Wrapping = Literal["none", "tls-auth", "tls-crypt", "tls-crypt-v2"]
PORT: Final = 1194
POOLS: Final[dict[Transport, str]] = {"udp": "10.20.20.0/25", "tcp": "10.20.20.128/25"}
NAMES: Final[dict[Transport, str]] = {"udp": "openvpn", "tcp": "openvpn-tcp"}
UP: Final = "Initialization Sequence Completed"


def gateway(
    lab: "Lab",
    *,
    transport: Transport = "udp",
    wrapping: Wrapping = "none",
    certificate: Certificate = "good",
    password: str = USER_PASSWORD,
    only_cookies: bool = False,
    verb: int = 1,
) -> Server:
    """``password``: the only one that is let in; another than the person's plays a password that has run out. ``only_cookies``:
    with tls-crypt-v2, whoever cannot take a cookie gets no answer. ``verb``: how much it writes into its log.
    """
    name = NAMES[transport]
    chain, key = gateways.certificate(lab, certificate)
    settings = f"""
        proto {"udp6" if transport == "udp" else "tcp6-server"}
        {"multihome" if transport == "udp" else ""}
        port {PORT}
        dev tun-{transport}
        dev-type tun
        topology subnet
        server {" ".join(gateways.split(POOLS[transport]))}
        ca {lab.trusted.certificate}
        cert {chain}
        key {key}
        dh none
        {_wrapped(wrapping, folder_of(name), "0")}{" force-cookie" if only_cookies else ""}
        verb {verb}
        verify-client-cert none
        username-as-common-name
        script-security 2
        auth-user-pass-verify "/usr/bin/cmp -s accounts" via-file
        tmp-dir {folder_of(name)}
        client-config-dir people
        keepalive 5 20
        """
    return Server(
        name=name,
        host="company",
        command=("openvpn", "--config", "settings"),
        ready=every(wrote(name, UP), udp_bound(PORT)) if transport == "udp" else wrote(name, UP),
        files={"settings": settings, "accounts": f"{USER}\n{password}\n", f"people/{USER}": pushes(Terms())},
        prepare=KEY_MAKERS.get(wrapping),
    )


def pushes(terms: Terms) -> str:
    """What the gateway tells a person's client, as the lines of her file."""
    told = (
        ["redirect-gateway def1"]
        if terms.full
        else [f"route {' '.join(gateways.split(route))}" for route in terms.routes]
    )
    if terms.dns:
        told += [f"dhcp-option DNS {topology.INSIDE_DNS_IP}", f"dhcp-option DOMAIN {zone.DOMAIN}"]
    return "".join(f'push "{line}"\n' for line in told)


def client(
    lab: "Lab",
    terms: Terms,
    *,
    password: str = USER_PASSWORD,
    transport: Transport = "udp",
    wrapping: Wrapping = "none",
) -> Server:
    """The program of the person, tun0."""
    settings = f"""
        client
        proto {_protocol(transport, terms)}
        remote {terms.gateway_ip} {PORT}
        dev tun0
        dev-type tun
        nobind
        ca {lab.trusted.certificate}
        verify-x509-name {gateways.NAME} name
        remote-cert-tls server
        {_wrapped(wrapping, folder_of(NAMES[transport]), "1")}
        auth-user-pass account
        auth-nocache
        connect-retry 1 1
        connect-retry-max 4
        {f"tun-mtu {terms.mtu}" if terms.mtu else ""}
        {'pull-filter ignore "tun-mtu"' if terms.mtu else ""}
        script-security 2
        up "/bin/sh name-service"
        """
    carries = gateways.carries(terms, POOLS[transport])
    return Server(
        name="openvpn-client",
        host="pc",
        command=("openvpn", "--config", "settings"),
        ready=every(wrote("openvpn-client", UP), gateways.wrote_name_server(terms), carries),
        files={"settings": settings, "account": f"{USER}\n{password}\n", "name-service": _NAME_SERVICE},
        prepare=lambda host, folder: _grant(terms, transport),
    )


_NAME_SERVICE: Final = r"""
told=$(env | sed -n 's/^foreign_option_[0-9]*=dhcp-option DNS /nameserver /p
                     s/^foreign_option_[0-9]*=dhcp-option DOMAIN /search /p')
if [ -n "$told" ]; then echo "$told" > /etc/resolv.conf; fi
"""


def _protocol(transport: Transport, terms: Terms) -> str:
    return f"{transport}{'6' if terms.ipv6 else '4'}{'-client' if transport == 'tcp' else ''}"


def _grant(terms: Terms, transport: Transport) -> None:
    (folder_of(NAMES[transport]) / "people" / USER).write_text(pushes(terms), encoding="ascii")


def _wrapped(wrapping: Wrapping, folder: Path, direction: str) -> str:
    match wrapping:
        case "none":
            return ""
        case "tls-auth":
            return f"tls-auth {folder}/wrapping.key {direction}"
        case "tls-crypt":
            return f"tls-crypt {folder}/wrapping.key"
        case "tls-crypt-v2":
            return f"tls-crypt-v2 {folder}/{'server' if direction == '0' else 'wrapping'}.key"


def person_file(folder: Path, wrapping: Wrapping, host: str, transport: Transport = "udp") -> str:
    """The settings file that IT hands out for the gateway whose key is in this folder, with the key in it."""
    key = "" if wrapping == "none" else (folder / "wrapping.key").read_text(encoding="ascii")
    block = f"<{wrapping}>\n{key}</{wrapping}>\n" if key else ""
    direction = "key-direction 1\n" if wrapping == "tls-auth" else ""
    lines = (
        f"client\ndev tun\nproto {transport}\nremote {host} {PORT}\nremote-cert-tls server\nauth-user-pass\n"
    )
    return f"# For the people of {zone.DOMAIN}\n{lines}{direction}{block}"


def _make_key(host: Host, folder: Path) -> None:
    """The key that wraps the first packets; the client reads the same file, as if IT had handed it out."""
    host.run("openvpn", "--genkey", "secret", str(folder / "wrapping.key"))


def _make_client_key(host: Host, folder: Path) -> None:
    """For tls-crypt-v2: the gateway's own key, and one of the person that is wrapped with it."""
    server = str(folder / "server.key")
    host.run("openvpn", "--genkey", "tls-crypt-v2-server", server)
    host.run(
        "openvpn", "--tls-crypt-v2", server, "--genkey", "tls-crypt-v2-client", str(folder / "wrapping.key")
    )


KEY_MAKERS: Final = {"tls-auth": _make_key, "tls-crypt": _make_key, "tls-crypt-v2": _make_client_key}
