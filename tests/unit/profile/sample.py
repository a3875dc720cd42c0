"""Checks with options of every shape, and a small shipped folder: what the profile tests read profiles against."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from readycheck.api import Capability, Check, Context, Options, Progress

HERE = Path(__file__).parent
SHIPPED = HERE / "shipped"
BAD = HERE / "bad"

Name = Annotated[str, Meta(pattern=r"^[^\s/:]+\.[^\s/:]+$", examples=["www.example.com"])]


class Limit(Struct, frozen=True, kw_only=True):
    plan_ms: Annotated[float, Meta(gt=0, description="Planning limit")]
    fail_ms: Annotated[float, Meta(gt=0)] = 1000.0


class DnsOptions(Options, frozen=True, kw_only=True):
    names: Annotated[tuple[Name, ...], Meta(min_length=2, max_length=4, description="Names that exist")] = (
        "a.example",
        "b.example",
    )
    zone: str = ""
    wait_s: Annotated[float, Meta(gt=0, le=8, description="How long to wait")] = 5.0


class ShareOptions(Options, frozen=True, kw_only=True):
    url: Annotated[str, Meta(pattern=r"^https://", description="Where it is")]
    protocol: Literal["smb", "webdav"] = "smb"
    port: Annotated[int, Meta(ge=1, le=65_535)] | None = None
    password_secret: str = ""
    title: str = ""
    limits: dict[str, Limit] = field(default_factory=dict)
    stages: tuple[Limit, ...] = ()
    write: bool = False
    write_folder: str = ""

    def __post_init__(self) -> None:
        if self.write and not self.write_folder:
            raise ValueError("writing needs `write_folder`, a folder made for it")


async def run(options: Options, ctx: Context) -> AsyncIterator[Progress]:
    yield Progress(text="never run here")


def _title(options: ShareOptions) -> str:
    return options.title or options.url


DNS = Check(id="dns", title="Name lookup", capability=Capability.CONNECTION, run=run, options=DnsOptions)
PLAIN = Check(id="plain", title="Plain", capability=Capability.DEVICE, run=run, summary="Nothing to set")
TUNNEL = Check(
    id="tunnel", title="Tunnel", capability=Capability.VPN, run=run, options=DnsOptions, on_demand=True
)
SHARE = Check(
    id="share",
    title="Share",
    capability=Capability.FILES,
    run=run,
    options=ShareOptions,
    many=True,
    after=("dns",),
    weight=2.0,
    timeout=20.0,
    title_of=_title,
)
SERVICE = Check(
    id="service", title="Service", capability=Capability.CALLS, run=run, options=DnsOptions, many=True
)
CHECKS = (DNS, PLAIN, TUNNEL, SHARE, SERVICE)
