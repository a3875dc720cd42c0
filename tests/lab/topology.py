"""The map of the lab: hosts, links, addresses, routes. Builds the bare network, without servers and without faults.

    pc -- lan -- router (NAT) -- line -- isp -- internet (vendors, public name servers)
                                          |
                                          company (VPN gateways, portal, mail) -- inside (files, names; behind the VPN only)

The public addresses of the lab's own servers are from 192.88.99.0/24, which nobody has (RFC 7526), because addresses set aside
for documentation look private to programs. Literal addresses of the shipped profiles (1.1.1.1 ...) live on the internet host.
"""

import subprocess
import time
from dataclasses import dataclass
from typing import Final

from tests.lab.hosts import Host, HostError

PC_IP: Final = "192.168.1.10"
ROUTER_IP: Final = "192.168.1.1"
WAN_IP: Final = "192.88.99.130"
CUSTOMER_SIDE_IP: Final = "192.88.99.129"
RESOLVER_IP: Final = "192.88.99.193"  # the provider's name server
COMPANY_IP: Final = "192.88.99.66"  # VPN gateways
COMPANY_TURN_IP: Final = "192.88.99.67"  # second address of the company's STUN and TURN server
COMPANY_WEB_IP: Final = "192.88.99.68"
COMPANY_MAIL_IP: Final = "192.88.99.69"
COMPANY_VOICE_IP: Final = "192.88.99.70"  # SIP, proxy
COMPANY_APPS_IP: Final = "192.88.99.71"  # sign-in, the company's own chat
COMPANY_IPS: Final = (
    COMPANY_IP,
    COMPANY_TURN_IP,
    COMPANY_WEB_IP,
    COMPANY_MAIL_IP,
    COMPANY_VOICE_IP,
    COMPANY_APPS_IP,
)
NOBODY_IP: Final = "192.88.99.250"  # routed to the internet host, where nobody has it
INSIDE_GATEWAY_IP: Final = "10.20.0.1"
INSIDE_DNS_IP: Final = "10.20.0.10"
INSIDE_FILES_IP: Final = "10.20.0.11"
INSIDE_WEBDAV_IP: Final = "10.20.0.12"
INSIDE_WEB_IP: Final = "10.20.0.13"
INSIDE_IPS: Final = (INSIDE_DNS_IP, INSIDE_FILES_IP, INSIDE_WEBDAV_IP, INSIDE_WEB_IP)
POOLS: Final = {
    "openvpn": "10.20.20.0/24",
    "wireguard": "10.20.21.0/24",
    "ike": "10.20.22.0/24",
    "ocserv": "10.20.23.0/24",
}
LITERAL_IPS: Final = ("1.1.1.1", "1.0.0.1", "8.8.8.8", "8.8.4.4", "9.9.9.9")
LITERAL_IP6S: Final = ("2606:4700:4700::1111", "2001:4860:4860::8888", "2620:fe::fe")

LAN6, LINE6 = "2a00:77:1::", "2a00:77:2::"
PC_IP6: Final = LAN6 + "10"
ROUTER_IP6: Final = LAN6 + "1"
RESOLVER_IP6: Final = "2a00:77:53::1"

LAB_NETWORKS: Final = (
    "192.168.1.0/24",
    "192.88.99.0/24",
    "10.20.0.0/16",
    *(f"{ip}/32" for ip in LITERAL_IPS),
)
STAND_INS: Final = (
    "198.18.0.0/15",
    "100.64.0.0/10",
)  # led nowhere by the provider: what programs make up names' addresses of
LAB_NETWORKS6: Final = ("2a00:77::/32", *(f"{ip}/128" for ip in LITERAL_IP6S))


def ip6(public: str) -> str:
    """The IPv6 address that a server with this public address of 192.88.99.0/24 has beside it."""
    last = int(public.rpartition(".")[2])
    network = "2a00:77:200::" if 64 <= last < 128 else "2a00:77:100::"
    return f"{network}{last}"


@dataclass(frozen=True)
class Link:
    """A cable: interface ``a_name`` of host ``a`` to ``b_name`` of host ``b``, and the addresses of its ends."""

    name: str
    a: str
    a_name: str
    b: str
    b_name: str
    a_addresses: tuple[str, ...]
    b_addresses: tuple[str, ...]

    @property
    def ends(self) -> tuple[tuple[str, str], tuple[str, str]]:
        return (self.a, self.a_name), (self.b, self.b_name)


LINKS: Final = {
    link.name: link
    for link in (
        Link(
            "lan",
            "pc",
            "eth0",
            "router",
            "lan",
            (f"{PC_IP}/24", f"{PC_IP6}/64"),
            (f"{ROUTER_IP}/24", f"{ROUTER_IP6}/64"),
        ),
        Link(
            "line",
            "router",
            "wan",
            "isp",
            "cust",
            (f"{WAN_IP}/30", f"{LINE6}2/64"),
            (f"{CUSTOMER_SIDE_IP}/30", f"{LINE6}1/64"),
        ),
        Link(
            "peering",
            "isp",
            "peer",
            "internet",
            "eth0",
            ("192.88.99.197/30", "2a00:77:3::1/64"),
            ("192.88.99.198/30", "2a00:77:3::2/64"),
        ),
        Link(
            "uplink",
            "isp",
            "biz",
            "company",
            "eth0",
            ("192.88.99.201/30", "2a00:77:4::1/64"),
            ("192.88.99.202/30", "2a00:77:4::2/64"),
        ),
        Link(
            "office",
            "company",
            "int",
            "inside",
            "eth0",
            (f"{INSIDE_GATEWAY_IP}/24",),
            tuple(f"{ip}/24" for ip in INSIDE_IPS),
        ),
    )
}
ROUTES: Final = {
    "pc": (f"default via {ROUTER_IP}", f"default via {ROUTER_IP6}"),
    "router": (f"default via {CUSTOMER_SIDE_IP}", f"default via {LINE6}1"),
    "isp": (
        "192.88.99.0/26 via 192.88.99.198",
        f"{NOBODY_IP}/32 via 192.88.99.198",
        "192.88.99.64/26 via 192.88.99.202",
        *(f"{ip}/32 via 192.88.99.198" for ip in LITERAL_IPS),
        "2a00:77:100::/48 via 2a00:77:3::2",
        "2a00:77:200::/48 via 2a00:77:4::2",
        *(f"{ip}/128 via 2a00:77:3::2" for ip in LITERAL_IP6S),
        f"2a00:77:1::/64 via {LINE6}2",
    ),
    "internet": ("default via 192.88.99.197", "default via 2a00:77:3::1"),
    "company": ("default via 192.88.99.201", "default via 2a00:77:4::1"),
    "inside": (f"default via {INSIDE_GATEWAY_IP}",),
}
HOSTS: Final = tuple(ROUTES)
SETTLED_WITHIN_S: Final = 10.0
NAME_SERVERS: Final = {
    "pc": (ROUTER_IP,),
    "router": (RESOLVER_IP,),
    "isp": (RESOLVER_IP,),
    "internet": ("8.8.8.8",),
    "company": (RESOLVER_IP,),
    "inside": (INSIDE_DNS_IP,),
}


def build() -> dict[str, Host]:
    """All hosts, connected and routed; about half a second."""
    hosts = {name: Host(name) for name in HOSTS}
    for name, host in hosts.items():
        subprocess.run(["ip", "netns", "add", name], check=True)
        host.write_etc("resolv.conf", "".join(f"nameserver {ip}\n" for ip in NAME_SERVERS[name]))
        host.write_etc("hosts", f"127.0.0.1 localhost\n::1 localhost\n127.0.1.1 {name}.corp.test {name}\n")
        host.ip("link set lo up")
        host.sysctl(
            net_ipv6_conf_default_accept__ra=0,
            net_ipv6_conf_default_accept__dad=0,
            net_ipv4_ping__group__range="0 2147483647",
        )
    for link in LINKS.values():
        connect(hosts, link)
    settle(hosts)
    for name in HOSTS:
        extra = extra_addresses(name)
        if extra:
            hosts[name].ip(*(f"address add {address} dev lo" for address in extra))
        route(hosts, name)
    for name in ("router", "isp", "company"):
        hosts[name].sysctl(net_ipv4_ip__forward=1, net_ipv6_conf_all_forwarding=1)
    _gate(hosts)
    return hosts


def extra_addresses(name: str) -> tuple[str, ...]:
    """Addresses that a host has beside those of its links."""
    if name == "internet":
        servers = tuple(f"192.88.99.{last}" for last in range(1, 64))
        return tuple(f"{ip}/32" for ip in (*LITERAL_IPS, *servers)) + tuple(
            f"{ip}/128" for ip in (*LITERAL_IP6S, *map(ip6, servers))
        )
    if name == "company":
        return tuple(f"{ip}/32" for ip in COMPANY_IPS) + tuple(f"{ip6(ip)}/128" for ip in COMPANY_IPS)
    if name == "isp":
        return (f"{RESOLVER_IP}/32", f"{RESOLVER_IP6}/128")
    return ()


def connect(hosts: dict[str, Host], link: Link) -> None:
    """A cable with both its ends in use."""
    lay(hosts, link)
    address(hosts, link)


def lay(hosts: dict[str, Host], link: Link) -> None:
    """The bare cable, with real packets on it: no segmentation or checksum offload."""
    subprocess.run(
        [
            "ip",
            "-n",
            link.a,
            "link",
            "add",
            link.a_name,
            "type",
            "veth",
            "peer",
            "name",
            link.b_name,
            "netns",
            link.b,
        ],
        check=True,
    )
    for host, name in ((link.a, link.a_name), (link.b, link.b_name)):
        hosts[host].run(
            "ethtool", "-K", name, "tso", "off", "gso", "off", "gro", "off", "tx", "off", check=False
        )


def address(hosts: dict[str, Host], link: Link) -> None:
    """Give both ends of a cable their addresses and switch them on."""
    for host, name, addresses in (
        (link.a, link.a_name, link.a_addresses),
        (link.b, link.b_name, link.b_addresses),
    ):
        nodad = [f"address add {a} dev {name}" + (" nodad" if ":" in a else "") for a in addresses]
        hosts[host].ip(*nodad, f"link set {name} up")


def settle(hosts: dict[str, Host]) -> None:
    """Wait until IPv6 works on every cable: a kernel notices up to a second late that one is in, and is deaf until then."""
    until = time.monotonic() + SETTLED_WITHIN_S
    for host, name in (end for link in LINKS.values() for end in link.ends):
        while not hosts[host].speaks_ipv6_on(name):
            if time.monotonic() > until:
                raise HostError(f"{host}: no IPv6 on {name}")
            time.sleep(0.02)


def route(hosts: dict[str, Host], name: str) -> None:
    """The routes of a host. Cubic on them: bbr, the default of some kernels, never fills a queue."""
    lines = [f"route replace {line} congctl cubic" for line in ROUTES[name]]
    hosts[name].ip(*lines)


def _gate(hosts: dict[str, Host]) -> None:
    """What every such site has: NAT and a closed door at the home router and at the company; and a counter of strays."""
    hosts["router"].nft(
        """
        table ip nat { chain post { type nat hook postrouting priority srcnat; oifname "wan" masquerade; }; }
        table inet door { chain forward { type filter hook forward priority 0;
            iifname "wan" ct state new ct status dnat accept;
            iifname "wan" ct state new drop;
        }; }
        """
    )
    hosts["company"].nft(
        """
        table inet door { chain forward { type filter hook forward priority 0;
            ct state established,related accept;
            iifname "eth0" oifname "int" drop;
        }; }
        table ip nat { chain post { type nat hook postrouting priority srcnat;
            ip saddr 10.20.0.0/16 oifname "eth0" snat to COMPANY;
        }; }
        """.replace("COMPANY", COMPANY_IP)
    )
    hosts["pc"].nft(
        f"""
        table inet strays {{
            counter strays {{ }}
            set lab4 {{ type ipv4_addr; flags interval;
                elements = {{ {", ".join((*LAB_NETWORKS, *STAND_INS))}, 127.0.0.0/8 }};
            }}
            set lab6 {{ type ipv6_addr; flags interval;
                elements = {{ {", ".join(LAB_NETWORKS6)}, ::1/128, fe80::/10, ff02::/16 }};
            }}
            chain out {{ type filter hook output priority raw;
                ip daddr != @lab4 counter name strays
                ip6 daddr != @lab6 counter name strays
            }}
        }}
        """
    )
