"""dnsmasq: the name servers of the home router, of the provider and of the public operators."""

from collections.abc import Mapping

from tests.lab import topology, zone
from tests.lab.hosts import Host
from tests.lab.servers.base import Ready, Server, udp_bound

KEEP_RUNNING = (
    "--keep-in-foreground",
    "--conf-file=/dev/null",
    "--no-hosts",
    "--no-resolv",
    "--bind-interfaces",
    "--pid-file=",
)
QUIETLY = ("--user=root", "--log-facility=-", "--cache-size=1000")


def router(**answers: str) -> Server:
    """The forwarder on the home router, which asks the provider's name server."""
    return _server(
        "router-dns",
        "router",
        (topology.ROUTER_IP, topology.ROUTER_IP6),
        (f"--server={topology.RESOLVER_IP}",),
        answers,
    )


def isp(**answers: str) -> Server:
    """The provider's name server; it knows the whole zone, as if it had asked the world."""
    return _server("isp-dns", "isp", (topology.RESOLVER_IP, topology.RESOLVER_IP6), world(), answers)


def operators(**answers: str) -> Server:
    """The public name servers (1.1.1.1 ...), on the internet host."""
    return _server(
        "public-dns", "internet", (*topology.LITERAL_IPS, *topology.LITERAL_IP6S), world(), answers
    )


def world() -> tuple[str, ...]:
    """All public names with both addresses, the mail server of the company, and NXDOMAIN for everything else."""
    records = [f"--host-record={name},{ip},{topology.ip6(ip)}" for name, ip in zone.public().items()]
    mail = f"--mx-host={zone.DOMAIN},mail.{zone.DOMAIN},10"
    services = [
        f"--srv-host={name}.{zone.DOMAIN}{f',{target},{port},0,10' if target else ''}"
        for name, target, port in zone.SERVICES
    ]
    return (*records, mail, *services, "--address=/#/")


def _server(
    name: str, host: str, listen: tuple[str, ...], knows: tuple[str, ...], answers: Mapping[str, str]
) -> Server:
    """``answers``: name to address, given before all else; "#" stands for every name."""
    told = tuple(f"--address=/{name}/{ip}" for name, ip in answers.items())
    listening = tuple(f"--listen-address={ip}" for ip in listen)
    return Server(
        name=name,
        host=host,
        command=("dnsmasq", *KEEP_RUNNING, *QUIETLY, *listening, *told, *knows),
        ready=_answers(listen[0]),
    )


def _answers(ip: str) -> Ready:
    """Asked only once its port is open: a question that came too early would be waited for."""

    def asked(host: Host) -> bool:
        if not udp_bound(53)(host):
            return False
        answer = host.run(
            "kdig", "+timeout=1", "+retry=0", "+short", f"@{ip}", "www.google.com", check=False, timeout_s=3
        )
        return answer.returncode == 0

    return asked
