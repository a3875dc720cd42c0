"""Speed servers as profiles name them, and the provider that each stands for. Measures nothing."""

from collections.abc import Callable
from typing import Annotated, Final, Literal

from msgspec import Meta

from readycheck.api import Options, Owner
from readycheck.measure.providers.base import Provider
from readycheck.measure.providers.cloudflare import cloudflare
from readycheck.measure.providers.http import HttpSpeed
from readycheck.measure.providers.iperf3 import Iperf3
from readycheck.measure.providers.librespeed import librespeed
from readycheck.measure.providers.place import place
from readycheck.measure.providers.reflector import Reflector
from readycheck.measure.providers.speedtest_net import OLD_LIST, SpeedtestNet
from readycheck.measure.throughput.rates import unit_of
from readycheck_checks.asking.attempts import HostPort
from readycheck_checks.asking.endpoints import Endpoint, endpoint, hosts_in
from readycheck_checks.calls.limits import Date
from readycheck_checks.calls.sites import Site
from readycheck_checks.calls.speed import LEAST, ONE_MEBIBYTE

Kind = Literal["http", "reflector", "librespeed", "cloudflare", "ndt7", "speedtest.net", "iperf3"]
_NEEDS_URL: Final = ("reflector", "librespeed", "cloudflare", "ndt7")
_SCHEMES: Final = {"ndt7": ("wss", "ws", "https")}
_Url = Annotated[str, Meta(description="http or https; {bytes} and {mib} stand for the size to ask for")]


class SpeedServer(Options, frozen=True, kw_only=True):
    """One server that rates can be measured with. Which of the addresses it needs depends on its kind."""

    kind: Annotated[Kind, Meta(description="What it speaks")]
    title: Annotated[str, Meta(description="What people call it; empty: as it names itself")] = ""
    url: Annotated[
        str,
        Meta(
            description="The server, or its folder; ndt7: wss:// of a server, or https:// of a locate service"
        ),
    ] = ""
    download_url: _Url = ""
    upload_url: Annotated[str, Meta(description="Takes POSTs of random bytes")] = ""
    ping_url: Annotated[str, Meta(description="A small page; empty: TCP connection times are used")] = ""
    at: Annotated[HostPort | Literal[""], Meta(description="Host and port, for iperf3")] = ""
    stun: Annotated[
        HostPort | Literal[""],
        Meta(description="A STUN server that is asked for round-trip times while the line is busy"),
    ] = ""
    token_secret: Annotated[str, Meta(description="Name of the secret that holds a reflector's token")] = ""
    source: Annotated[str, Meta(description="Where this was read")] = ""
    checked: Date | Literal[""] = ""

    def __post_init__(self) -> None:
        for url in filter(None, (self.download_url, self.upload_url, self.ping_url)):
            place(url)
        if self.url:
            place(self.url, _SCHEMES.get(self.kind, ("http", "https")))
        if self.kind in _NEEDS_URL and not self.url:
            raise ValueError(f"a server of kind {self.kind} needs url")
        if self.kind == "http" and not (self.download_url and self.upload_url):
            raise ValueError("a server of kind http needs download_url and upload_url")
        if self.kind == "iperf3" and not self.at:
            raise ValueError("a server of kind iperf3 needs at, a host and a port")

    @property
    def names(self) -> tuple[str, ...]:
        """All hosts that are known before it is asked, without ports; hosts_in_words has the others."""
        old_list = (OLD_LIST,) if self.kind == "speedtest.net" else ()
        return hosts_in(
            *old_list, self.url, self.download_url, self.upload_url, self.ping_url, self.at, self.stun
        )

    @property
    def hosts_in_words(self) -> str:
        """Whom it talks to beyond those: a server that another one names. Empty: nobody."""
        if self.kind == "speedtest.net" and not self.url:
            return "the nearest server that speedtest.net names"
        if self.kind == "ndt7" and not self.host:
            return f"the nearest server that {', '.join(hosts_in(self.url))} names"
        return ""

    @property
    def least_down(self) -> int:
        """Bytes of a download at least: some servers send whole mebibytes only."""
        whole = self.kind == "librespeed" or unit_of(self.download_url) > 1
        return ONE_MEBIBYTE if whole else LEAST

    @property
    def _where(self) -> Endpoint | None:
        """Where packets go to; None where it is only known later: a server that another one names."""
        if self.at:
            return endpoint(self.at)
        url = self.download_url or self.url
        if not url or (self.kind == "ndt7" and url.startswith("https:")):
            return None
        there = place(url, ("http", "https", "ws", "wss"))
        return Endpoint(there.host, there.port)

    @property
    def host(self) -> str:
        """The host that packets go to; empty where it is only known later."""
        return self._where.host if self._where is not None else ""

    @property
    def far(self) -> tuple[Owner, ...]:
        """Whose it is: a vendor's, one's own; of any pair of addresses either may be."""
        if self.kind == "http":
            return Owner.SERVICE, Owner.COMPANY
        vendors = self.kind in ("cloudflare", "ndt7") or (self.kind == "speedtest.net" and not self.url)
        return (Owner.SERVICE,) if vendors else (Owner.COMPANY,)

    def site(self, name: str) -> Site:
        """``name``: what the profile calls it."""
        port = self._where.port if self._where is not None else 0
        return Site(title=self.title or name, host=self.host, port=port, far=self.far)


def provider_of(server: SpeedServer, secret: Callable[[str], str | None]) -> Provider:
    """The provider for this server; ``secret`` is asked only where the server names one."""
    stun = (endpoint(server.stun).host, endpoint(server.stun).port) if server.stun else None
    match server.kind:
        case "reflector":
            token = secret(server.token_secret) if server.token_secret else None
            return Reflector(url=server.url, token=token or "", name=server.title)
        case "librespeed":
            return librespeed(server.url, server.title, stun)
        case "cloudflare":
            return cloudflare(server.url, server.title, stun)
        case "speedtest.net":
            return SpeedtestNet(mini_url=server.url, name=server.title)
        case "iperf3":
            there = endpoint(server.at)
            return Iperf3(host=there.host, port=there.port, name=server.title)
        case "ndt7":
            return _ndt7(server, stun)
        case _:
            return HttpSpeed(
                down_url=server.download_url,
                up_url=server.upload_url,
                ping_url=server.ping_url,
                name=server.title,
                stun=stun,
            )


def _ndt7(server: SpeedServer, stun: tuple[str, int] | None) -> Provider:
    """Its WebSocket library takes long to load, and most profiles never use it."""
    from readycheck.measure.providers.ndt7 import Ndt7

    return Ndt7(url=server.url, name=server.title, stun=stun)
